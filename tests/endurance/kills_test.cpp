#include "background_program.hpp"
#include "program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

namespace rraebench {
namespace {

using std::chrono::milliseconds;

constexpr const char* kQueries[] = {
    "select label, seed, protocol, name, variant, split, extractor, extractor_sha256, value from metric "
    "join run on run.id = run_id where status = 'ok' and protocol <> 'train' order by 1, 2, 3, 4, 5, 6",
    "select label, seed, series, step, value from curve join run on run.id = run_id where status = 'ok' "
    "order by 1, 2, 3, 4",
    "select label, seed, name, position, value from spectrum join run on run.id = run_id where status = 'ok' "
    "order by 1, 2, 3, 4",
    "select label, seed, protocol, name, variant, hex(png) from image join run on run.id = run_id where "
    "status = 'ok' "
    "order by 1, 2, 3, 4, 5"};

/// 200 signals, or RRAEBENCH_KILLS.
int kill_count() {
  const char* text = std::getenv("RRAEBENCH_KILLS");
  return text == nullptr ? 200 : std::atoi(text);
}

class Kills : public testing::Test {
 protected:
  std::vector<std::string> arguments(const std::string& database) {
    return {"run", suite_, "--threads",    "1",           "--jobs",     "2", "--checkpoint-every",
            "0.2", "--db", path(database), "--cache-dir", path("cache")};
  }
  std::string path(const std::string& name) { return (folder_ / name).string(); }
  std::string log() { return path("log"); }

  std::vector<std::string> figures(const std::string& database) {
    std::vector<std::string> all;
    for (const auto* sql : kQueries)
      all.push_back(call({"query", sql, "--db", path(database), "--format", "csv"}).output);
    return all;
  }

  std::string log_text() {
    std::ifstream file(log());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder_;
  std::string suite_ = folder_.write(
      "tiny.toml",
      tiny_suite(model_table("ae") + model_table("vae") + model_table("vrrae", "latent = 10, rank = 2"),
                 "[0, 1]", 3000));
};

/// Who is hit: the program, one of its workers, or all of its session as a batch system does it.
void strike(const BackgroundProgram& program, int signal, int whom, std::mt19937& random) {
  const auto workers = program.workers();
  const auto hit = [&](pid_t process) { ::kill(process, signal); };
  if (whom == 0) {
    hit(program.id());
  } else if (whom == 1 && !workers.empty()) {
    hit(workers[random() % workers.size()]);
  } else {
    for (const auto worker : workers) hit(worker);
    hit(program.id());
    if (random() % 2 == 0) hit(program.id());
  }
}

TEST_F(Kills, NothingIsLostOrTwiceOrLeftBehind) {
  {
    BackgroundProgram undisturbed(arguments("reference.db"), log());
    ASSERT_EQ(undisturbed.wait(std::chrono::minutes(5)), 0) << log_text();
  }
  const auto expected = figures("reference.db");
  for (const auto& part : expected) ASSERT_GT(part.size(), 200U);

  constexpr std::array<int, 5> kSignals = {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGSTOP};
  std::mt19937 random(20261125);
  int strikes = 0;
  int databases = 0;
  while (strikes < kill_count()) {
    const auto database = "k" + std::to_string(++databases) + ".db";
    std::optional<int> code;
    for (int starts = 0; code != 0 && starts < 200; ++starts) {
      BackgroundProgram program(arguments(database), log());
      code = program.wait(milliseconds(100 + random() % 1500));
      if (!code) {
        const int signal = kSignals[random() % kSignals.size()];
        strike(program, signal, static_cast<int>(random() % 3), random);
        ++strikes;
        if (signal == SIGSTOP) {
          std::this_thread::sleep_for(milliseconds(300));
          for (const auto worker : program.workers()) ::kill(worker, SIGCONT);
          ::kill(program.id(), SIGCONT);
        }
        // What was not hit for good goes on to its end; what was asked to stop does so within seconds.
        code = program.wait(std::chrono::seconds(90));
        ASSERT_TRUE(code.has_value()) << "still running 90 s after signal " << signal << "\n" << log_text();
      }
      // Workers that lost their program see it and end.
      for (int i = 0; i < 300 && !all_workers().empty(); ++i) std::this_thread::sleep_for(milliseconds(100));
      ASSERT_TRUE(all_workers().empty()) << "a worker outlives its program\n" << log_text();
    }
    ASSERT_EQ(code, 0) << log_text();
    const auto found = figures(database);
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(found[i], expected[i]) << kQueries[i];
    EXPECT_FALSE(std::filesystem::exists(path(database + ".checkpoints")));
    EXPECT_FALSE(std::filesystem::exists(path(database + "-wal")));
    std::cout << databases << " databases, " << strikes << " signals\n" << std::flush;
  }
}

}  // namespace
}  // namespace rraebench
