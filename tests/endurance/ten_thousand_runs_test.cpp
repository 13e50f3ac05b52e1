#include "program.hpp"
#include "program_paths.hpp"
#include "tests/support/environment_variable.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr int kRuns = 10'000;
constexpr long kMostMebibytes = 500;

struct Measured {
  int exit_code = -1;
  double seconds = 0.0;
  long mebibytes = 0;  // The most that the program or one of its children had.
};

/// Its output goes into `file`.
Measured measure(const std::vector<std::string>& arguments, const fs::path& file) {
  std::vector<char*> words = {const_cast<char*>(kProgram)};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, file.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  const auto start = std::chrono::steady_clock::now();
  pid_t process = -1;
  EXPECT_EQ(::posix_spawn(&process, kProgram, &actions, nullptr, words.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage usage{};
  ::wait4(process, &status, 0, &usage);
  Measured measured;
  measured.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  measured.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  measured.mebibytes = usage.ru_maxrss / 1024;
  return measured;
}

class TenThousandRuns : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// Commands that take every job and have none any more.
  void pretend_slurm() const {
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
             {"sbatch", "n=$(($(cat \"$0.n\" 2>/dev/null || echo 100) + 1)); echo $n >\"$0.n\"; echo $n"},
             {"squeue", "exit 0"},
             {"sacct", "exit 1"},
             {"scontrol", "echo 'MaxArraySize = 1001'"}}) {
      const auto file = folder_.write("bin/" + name, "#!/bin/sh\n" + text + "\n");
      fs::permissions(file, fs::perms::owner_all);
    }
  }

  /// What each task would leave: the first one's file with another seed and without pictures.
  void pretend_tasks(const std::string& plan) const {
    const auto first = call({"run", "--plan-file", plan + "/plan.json", "--task", "0", "--threads", "1"});
    ASSERT_EQ(first.exit_code, 0) << first.errors;
    const auto pattern = plan + "/tasks/0.db";
    {
      SQLite::Database database(pattern, SQLite::OPEN_READWRITE);
      database.exec("DELETE FROM image; DELETE FROM curve");
      database.exec("PRAGMA journal_mode = DELETE");
      database.exec("VACUUM");
    }
    std::ifstream lines(plan + "/plan.json");
    std::string line;
    std::getline(lines, line);
    for (int task = 0; task < kRuns && std::getline(lines, line); ++task) {
      if (task == 0) continue;
      if (line.back() == ',') line.pop_back();
      const auto document = nlohmann::json::parse(line);
      const auto file = plan + "/tasks/" + std::to_string(task) + ".db";
      fs::copy_file(pattern, file);
      SQLite::Database database(file, SQLite::OPEN_READWRITE);
      database.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
      SQLite::Statement change(database, "UPDATE run SET identity = ?, seed = ?, spec_json = ?");
      change.bind(1, document.at("identity").get<std::string>());
      change.bind(2, document.at("spec").at("seed").get<std::int64_t>());
      change.bind(3, document.at("spec").dump());
      change.exec();
    }
  }

  TemporaryFolder folder_;
  const EnvironmentVariable search_path_{"PATH", (path("bin") + ":" + std::getenv("PATH")).c_str()};
};

TEST_F(TenThousandRuns, AreSubmittedShownAndCollectedInAMinute) {
  pretend_slurm();
  const auto suite = folder_.write("big.toml", tiny_suite(model_table("ae"), "[0]", 5)).string();
  const std::vector<std::string> submit = {"slurm",        "submit",      suite,          "--seeds",
                                           "0:10000",      "--db",        path("all.db"), "--folder",
                                           path("p.plan"), "--cache-dir", path("cache")};
  auto print = submit;
  print.emplace_back("--print");
  measure({"run", suite, "--plan", "--cache-dir", path("cache")},
          path("plan.txt"));  // Plugins are known then.
  const auto printed = measure(print, path("scripts.txt"));
  EXPECT_EQ(printed.exit_code, 0);
  const auto scripts = read_file(path("scripts.txt"));
  EXPECT_THAT(scripts, HasSubstr("#SBATCH --array=0-1000\n"));
  EXPECT_THAT(scripts, HasSubstr("task=$((SLURM_ARRAY_TASK_ID + 9009))\n"));
  EXPECT_FALSE(fs::exists(path("p.plan")));
  ASSERT_EQ(measure(submit, path("submitted.txt")).exit_code, 0);
  pretend_tasks(path("p.plan"));
  if (HasFatalFailure()) return;

  const auto status = measure({"slurm", "status", path("p.plan")}, path("status.txt"));
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(read_file(path("status.txt")), HasSubstr("10000 tasks: 10000 done"));
  const auto collect = measure({"slurm", "collect", path("p.plan")}, path("collected.txt"));
  EXPECT_EQ(collect.exit_code, 0);
  EXPECT_THAT(read_file(path("collected.txt")), HasSubstr("10000 runs of 10000 tasks taken into"));
  EXPECT_THAT(query_csv(path("all.db"),
                        "select count(distinct identity), count(distinct seed) from runs where current"),
              HasSubstr("\r\n10000,10000\r\n"));
  std::printf("submit %.1f s %ld MiB, status %.1f s %ld MiB, collect %.1f s %ld MiB\n", printed.seconds,
              printed.mebibytes, status.seconds, status.mebibytes, collect.seconds, collect.mebibytes);
  EXPECT_LT(printed.seconds + status.seconds + collect.seconds, 60.0);
  for (const auto& one : {printed, status, collect}) EXPECT_LT(one.mebibytes, kMostMebibytes);
}

}  // namespace
}  // namespace rraebench
