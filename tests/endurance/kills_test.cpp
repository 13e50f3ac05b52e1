#include "program.hpp"
#include "running_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
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
    "select label, seed, protocol, name, variant, hex(content) from image join run on run.id = run_id where "
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
  std::vector<std::string> figures(const std::string& database) {
    std::vector<std::string> all;
    for (const auto* sql : kQueries) all.push_back(query_csv(path(database), sql));
    return all;
  }

  /// Its workers, whether it lives or not.
  std::vector<pid_t> workers(const RunningProgram& program) const {
    auto all = processes_with(mark_);
    all.erase(std::remove(all.begin(), all.end(), program.process()), all.end());
    return all;
  }

  /// Whom a signal hits: the program, one of its workers, or all of them as a batch system does it.
  void strike(const RunningProgram& program, int signal, int whom) {
    const auto others = workers(program);
    if (whom == 0) {
      program.signal(signal);
    } else if (whom == 1 && !others.empty()) {
      ::kill(others[random_() % others.size()], signal);
    } else {
      for (const auto worker : others) ::kill(worker, signal);
      program.signal(signal);
      if (random_() % 2 == 0) program.signal(signal);
    }
  }

  std::string mark_ = mark_children("Kills");
  std::mt19937 random_{20261125};
  TemporaryFolder folder_;
  std::string suite_ = folder_.write(
      "tiny.toml",
      tiny_suite(model_table("ae") + model_table("vae") + model_table("vrrae", "latent = 10, rank = 2"),
                 "[0, 1]", 3000));
};

TEST_F(Kills, NothingIsLostOrTwiceOrLeftBehind) {
  ASSERT_EQ(call(arguments("reference.db")).exit_code, 0);
  const auto expected = figures("reference.db");
  for (const auto& part : expected) ASSERT_GT(part.size(), 200U);

  constexpr std::array<int, 5> kSignals = {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGSTOP};
  int strikes = 0;
  int databases = 0;
  while (strikes < kill_count()) {
    const auto database = "k" + std::to_string(++databases) + ".db";
    int code = -1;
    for (int starts = 0; code != 0 && starts < 200; ++starts) {
      RunningProgram program(arguments(database));
      if (!program.ends_within(milliseconds(100 + random_() % 1500))) {
        const int signal = kSignals[random_() % kSignals.size()];
        strike(program, signal, static_cast<int>(random_() % 3));
        ++strikes;
        if (signal == SIGSTOP) {
          std::this_thread::sleep_for(milliseconds(300));
          for (const auto worker : workers(program)) ::kill(worker, SIGCONT);
          program.signal(SIGCONT);
        }
        // What was not hit for good goes on to its end; what was asked to stop does so within seconds.
        ASSERT_TRUE(program.ends_within(std::chrono::seconds(90))) << "after signal " << signal << "\n"
                                                                   << program.errors();
      }
      code = program.exit_code();
      ASSERT_TRUE(all_gone(mark_, std::chrono::seconds(30))) << "a worker outlives its program\n"
                                                             << program.errors();
    }
    ASSERT_EQ(code, 0);
    const auto found = figures(database);
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(found[i], expected[i]) << kQueries[i];
    EXPECT_FALSE(std::filesystem::exists(path(database + ".checkpoints")));
    EXPECT_FALSE(std::filesystem::exists(path(database + "-wal")));
    std::cout << databases << " databases, " << strikes << " signals\n" << std::flush;
  }
}

}  // namespace
}  // namespace rraebench
