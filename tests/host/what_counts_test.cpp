#include "program.hpp"
#include "program_paths.hpp"
#include "running_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <sqlite3.h>

namespace rraebench {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

/// Waits for the file.
bool is_there(const std::string& file) {
  return becomes_true([&] { return std::filesystem::exists(file); }, seconds(60));
}

/// Which of a database's figures stand in reports, and who may work on it.
class WhatCounts : public testing::Test {
 protected:
  void write_suite(const std::string& name, int steps, const std::string& model = "ae") {
    folder_.write(name, tiny_suite(model_table(model), "[0, 1]", steps));
  }

  std::string path(const std::string& name) { return (folder_ / name).string(); }

  std::vector<std::string> run_arguments(const std::vector<std::string>& suites) {
    std::vector<std::string> arguments{"run"};
    for (const auto& suite : suites) arguments.push_back(path(suite));
    arguments.insert(arguments.end(), {"--threads", "1", "--db", database_, "--cache-dir", path("cache")});
    return arguments;
  }

  ProgramResult run(const std::vector<std::string>& suites, const std::vector<std::string>& more = {}) {
    auto arguments = run_arguments(suites);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  }

  std::string shown() {
    return query_csv(database_, "select label, mean, n from leaderboard where protocol = 'reconstruct'");
  }

  TemporaryFolder folder_;
  std::string database_ = path("r.db");
};

TEST_F(WhatCounts, SettingsPutBackCountAgainWithoutTraining) {
  write_suite("s.toml", 30);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  const auto first = shown();
  write_suite("s.toml", 60);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  EXPECT_NE(shown(), first);
  write_suite("s.toml", 30);
  EXPECT_THAT(run({"s.toml"}, {"--plan"}).output, HasSubstr("counts again"));
  EXPECT_THAT(run({"s.toml"}).errors, HasSubstr("2 runs: 0 to do, 2 complete"));
  EXPECT_EQ(shown(), first);
}

TEST_F(WhatCounts, SettingsPutBackCountAgainByAPlanOfThem) {
  write_suite("s.toml", 30);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  const auto first = shown();
  write_suite("s.toml", 60);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  write_suite("s.toml", 30);
  const auto plan = folder_.write("plan.json", run({"s.toml"}, {"--plan", "--format", "json"}).output);
  const auto carried_out = call({"run", "--plan-file", plan.string(), "--threads", "1"});
  EXPECT_EQ(carried_out.exit_code, 0) << carried_out.errors;
  EXPECT_EQ(shown(), first);
}

TEST_F(WhatCounts, ALinkIsNoSecondClaim) {
  write_suite("s.toml", 30);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  std::filesystem::create_symlink(database_, path("link.db"));
  const auto through = call({"run", path("s.toml"), "--threads", "1", "--db", path("link.db"), "--cache-dir",
                             path("cache"), "--force", "--keep", "weights"});
  EXPECT_EQ(through.exit_code, 0) << through.errors;
  EXPECT_TRUE(std::filesystem::exists(path("r-artefacts"))) << "what belongs to a database lies beside it";
  EXPECT_FALSE(std::filesystem::exists(path("link-artefacts")));
}

TEST_F(WhatCounts, APluginThatIsGoneForAMomentIsTheMachinesFault) {
  write_suite("s.toml", 30);
  std::filesystem::create_directory(path("plugins"));
  std::filesystem::copy(
      std::filesystem::path(kProgram).parent_path().parent_path() / "lib/rraebench/plugins/ae.so",
      path("plugins/ae.so"));
  const auto plan = folder_.write(
      "plan.json", run({"s.toml"}, {"--plugin-dir", path("plugins"), "--plan", "--format", "json"}).output);
  const std::vector<std::string> carry_out = {"run", "--plan-file", plan.string(), "--threads", "1"};
  std::filesystem::rename(path("plugins/ae.so"), path("plugins/away"));
  EXPECT_EQ(call(carry_out).exit_code, 1);
  EXPECT_EQ(query_csv(database_, "select distinct status, fault from run"),
            "status,fault\r\nerror,infrastructure\r\n");
  EXPECT_EQ(query_csv(database_, "select text from note"), "text\r\n");
  std::filesystem::rename(path("plugins/away"), path("plugins/ae.so"));
  const auto again = call(carry_out);
  EXPECT_EQ(again.exit_code, 0) << again.errors;
}

TEST_F(WhatCounts, OneSeedOfNewSettingsIsNotMixedWithTheOldOnes) {
  write_suite("s.toml", 30);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  write_suite("s.toml", 60);
  ASSERT_EQ(run({"s.toml"}, {"--seeds", "0"}).exit_code, 0);
  EXPECT_EQ(query_csv(database_, "select distinct n from leaderboard"), "n\r\n1\r\n");
}

TEST_F(WhatCounts, AModelThatTheSuiteNoLongerHasCountsNoLonger) {
  write_suite("s.toml", 30, "vae");
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  write_suite("s.toml", 30, "ae");
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  EXPECT_EQ(query_csv(database_, "select distinct label from leaderboard"), "label\r\nae\r\n");
}

TEST_F(WhatCounts, TwoSuitesOfOneNameAreRefusedTogetherAndToldOfOneAfterTheOther) {
  for (const char* folder : {"a", "b"}) std::filesystem::create_directory(folder_ / folder);
  write_suite("a/s.toml", 30);
  write_suite("b/s.toml", 40);
  const auto both = run({"a/s.toml", "b/s.toml"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.errors, HasSubstr("are both named 's'"));
  EXPECT_FALSE(std::filesystem::exists(database_));
  ASSERT_EQ(run({"a/s.toml"}).exit_code, 0);
  EXPECT_THAT(run({"b/s.toml"}).errors, HasSubstr("from now on"));
}

TEST_F(WhatCounts, ALockedDatabaseIsWaitedFor) {
  write_suite("s.toml", 30);
  ASSERT_EQ(run({"s.toml"}).exit_code, 0);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database_.c_str(), &other), SQLITE_OK);
  sqlite3_busy_timeout(other, 5000);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  write_suite("s.toml", 31);
  RunningProgram program(run_arguments({"s.toml"}));
  EXPECT_TRUE(program.says("another program writes to it", seconds(60))) << program.errors();
  EXPECT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  ASSERT_TRUE(program.ends_within(seconds(120)));
  EXPECT_EQ(program.exit_code(), 0) << program.errors();
  EXPECT_EQ(query_value(database_, "select count(*) from run"), "4");
}

TEST_F(WhatCounts, ARemovedDatabaseIsNoSuccess) {
  write_suite("s.toml", 3000);
  RunningProgram program(run_arguments({"s.toml"}));
  ASSERT_TRUE(is_there(database_ + ".checkpoints/status.json")) << program.errors();
  std::filesystem::remove(database_);
  ASSERT_TRUE(program.ends_within(seconds(120)));
  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_THAT(program.errors(), HasSubstr("was removed while in use"));
}

TEST_F(WhatCounts, ASecondRunSaysWhoHasTheDatabase) {
  write_suite("s.toml", 4000);
  RunningProgram first(run_arguments({"s.toml"}));
  ASSERT_TRUE(is_there(database_ + ".checkpoints/status.json")) << first.errors();
  const auto second = run({"s.toml"});
  ASSERT_TRUE(first.ends_within(seconds(120)));
  EXPECT_EQ(first.exit_code(), 0) << first.errors();
  // The second came too late to be refused only on a machine that trains in no time.
  EXPECT_EQ(second.exit_code, 2) << second.errors;
  EXPECT_THAT(second.errors, HasSubstr("another 'rraebench run' works on it (process"));
  EXPECT_EQ(query_csv(database_, "select max(attempt), count(*) from run"),
            "max(attempt),count(*)\r\n1,2\r\n");
  EXPECT_FALSE(std::filesystem::exists(database_ + ".checkpoints"));
}

}  // namespace
}  // namespace rraebench
