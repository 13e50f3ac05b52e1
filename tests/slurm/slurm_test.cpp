#include "program.hpp"
#include "program_paths.hpp"
#include "running_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace rraebench {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;
using std::chrono::minutes;
using std::chrono::seconds;

class Slurm : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::vector<std::string> with_places(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--cache-dir", path("cache"), "--plugin-dir", kBadPlugins});
    return arguments;
  }

  std::string submit(const std::string& suite, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"slurm", "submit", suite, "--db", path("all.db"), "--folder", path("p.plan"),
                               "--mem", "500M", "--time", "20m"});
    const auto result = call(with_places(more));
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return path("p.plan");
  }

  std::string states(const std::string& plan) const {
    return call({"slurm", "status", plan, "--format", "csv"}).output;
  }

  /// Waits until no task waits or runs any more.
  bool ends(const std::string& plan, seconds limit) const {
    return becomes_true(
        [&] {
          const auto all = states(plan);
          return all.find(",pending,") == std::string::npos && all.find(",running,") == std::string::npos;
        },
        limit);
  }

  /// The program of the task, once it trains.
  static pid_t process_of(const std::string& task_id) {
    pid_t found = -1;
    becomes_true(
        [&] {
          bool has_worker = false;
          for (const auto process : processes_with("SLURM_ARRAY_TASK_ID=" + task_id)) {
            const auto command = command_of(process);
            if (command.find("rraebench run --plan-file") != std::string::npos) found = process;
            has_worker = has_worker || command.find("rraebench-worker") != std::string::npos;
          }
          return found > 0 && has_worker;
        },
        minutes(2));
    return found;
  }

  std::string rows(const std::string& database, const std::string& sql) const {
    return query_csv(path(database), sql);
  }

  TemporaryFolder folder_;
};

constexpr const char* kRuns =
    "select identity, attempt, label, seed, status, exit_code, signal, message, train_steps, spec_json, "
    "fault "
    "from run order by identity, attempt";
constexpr const char* kFigures =
    "select identity, attempt, protocol, name, variant, split, value from metric join run on run.id = run_id "
    "where protocol <> 'train' order by 1, 2, 3, 4, 5, 6";

TEST_F(Slurm, WhatWasKilledOrFailedIsSubmittedAgainAndAllEqualsASerialRun) {
  const auto suite = folder_.write(
      "tiny.toml", tiny_suite(model_table("ae") + model_table("vae") +
                                  model_table("bad-fails", "latent = 2, where = \"loss\", way = \"throw\""),
                              "[0, 1]", 3000));
  const auto plan = submit(suite);
  const auto victim = process_of("1");
  ASSERT_GT(victim, 0);
  ASSERT_EQ(::kill(victim, SIGKILL), 0);
  ASSERT_TRUE(ends(plan, minutes(8))) << states(plan);
  const auto before = call({"slurm", "status", plan});
  EXPECT_EQ(before.exit_code, 1);
  EXPECT_THAT(before.output, HasSubstr("6 tasks: 3 done, 2 failed, 1 lost"));
  EXPECT_THAT(call({"slurm", "resubmit", plan, "--print"}).output, HasSubstr("#SBATCH --array=1\n"));
  EXPECT_EQ(call({"slurm", "resubmit", plan}).exit_code, 0);
  ASSERT_TRUE(ends(plan, minutes(4))) << states(plan);
  EXPECT_THAT(call({"slurm", "status", plan}).output, HasSubstr("6 tasks: 4 done, 2 failed"));
  EXPECT_THAT(call({"slurm", "resubmit", plan}).errors, HasSubstr("nothing is missing; 2 failed"));

  EXPECT_EQ(call({"slurm", "collect", plan}).exit_code, 1);  // Some failed.
  EXPECT_EQ(call(with_places({"run", suite, "--db", path("serial.db"), "--threads", "1"})).exit_code, 1);
  for (const char* sql : {kRuns, kFigures}) EXPECT_EQ(rows("all.db", sql), rows("serial.db", sql));
  EXPECT_THAT(call({"slurm", "collect", plan}).output, HasSubstr("0 runs of 6 tasks taken into"));
  for (const char* sql : {kRuns, kFigures}) EXPECT_EQ(rows("all.db", sql), rows("serial.db", sql));

  // What failed fails again, with more memory, and only that.
  const auto again = call({"slurm", "resubmit", plan, "--failed", "--mem-scale", "2", "--print"});
  EXPECT_THAT(again.output, HasSubstr("#SBATCH --mem=1000M\n"));
  EXPECT_THAT(again.output, HasSubstr(" --retry &\n"));
  EXPECT_THAT(again.output, HasSubstr("#SBATCH --array=0-1\n"));
  EXPECT_THAT(again.output, HasSubstr("task=$((SLURM_ARRAY_TASK_ID + 4))\n"));  // The last two.
}

TEST_F(Slurm, ATaskThatIsToldToStopGoesOnByItself) {
  const auto suite = folder_.write("long.toml", tiny_suite(model_table("ae"), "[0]", 30000));
  const auto plan = submit(suite);
  const auto process = process_of("0");
  ASSERT_GT(process, 0);
  ::sleep(4);
  ASSERT_EQ(::kill(process, SIGTERM), 0);
  ASSERT_TRUE(becomes_true([&] { return states(plan).find(",done,") != std::string::npos; }, minutes(8)))
      << states(plan);
  EXPECT_EQ(rows("p.plan/tasks/0.db", "select status from run order by attempt"),
            "status\r\ninterrupted\r\nok\r\n");
  // The last job merges by itself.
  EXPECT_TRUE(becomes_true([&] { return fs::exists(path("all.db")); }, minutes(2)));
}

TEST_F(Slurm, WhatIsCancelledStaysAway) {
  const auto suite = folder_.write("long.toml", tiny_suite(model_table("ae"), "[0, 1, 2]", 300000));
  const auto plan = submit(suite, {"--throttle", "1"});
  ASSERT_GT(process_of("0"), 0);
  EXPECT_EQ(call({"slurm", "cancel", plan}).exit_code, 0);
  ASSERT_TRUE(ends(plan, minutes(2))) << states(plan);
  ::sleep(15);
  EXPECT_THAT(call({"slurm", "status", plan}).output, HasSubstr("3 tasks: 3 lost"));
}

}  // namespace
}  // namespace rraebench
