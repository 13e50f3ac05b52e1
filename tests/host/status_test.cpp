#include "program.hpp"
#include "running_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace rraebench {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Status : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::vector<std::string> run_arguments(const std::string& seeds, int steps) const {
    const auto suite = folder_.write("long.toml", tiny_suite(model_table("ae"), seeds, steps)).string();
    return {"run", suite, "--db", path("a.db"), "--cache-dir", path("cache"), "--threads", "1"};
  }

  ProgramResult status(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"status", "--db", path("a.db")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  }

  TemporaryFolder folder_;
};

TEST_F(Status, SaysWhatRunsWhatIsDoneAndWhatIsLeft) {
  ASSERT_EQ(call(run_arguments("[7]", 300)).exit_code, 0);
  {
    RunningProgram program(run_arguments("[7, 8]", 300000));
    ASSERT_TRUE(trains(path("a.db"))) << status().output << program.errors();
    const auto now = status();
    EXPECT_EQ(now.exit_code, 0);
    EXPECT_THAT(now.output, HasSubstr("a.db: process " + std::to_string(program.process()) + " on "));
    EXPECT_THAT(now.output, HasSubstr("2 runs: 0 done, 0 failed, 1 running, 1 waiting"));
    EXPECT_THAT(now.output, HasSubstr("ae · seed 7"));
    EXPECT_THAT(now.output, HasSubstr("/300000 ("));
    EXPECT_THAT(now.output, HasSubstr(" left, until 20"));  // The short run tells of the long ones.
    const auto document = nlohmann::json::parse(status({"--format", "json"}).output);
    EXPECT_EQ(document.at("runs"), true);
    EXPECT_EQ(document.at("running").size(), 1u);
    program.signal(SIGTERM);
    ASSERT_TRUE(program.ends_within(std::chrono::seconds(60)));
    EXPECT_EQ(program.exit_code(), 130);
  }
  EXPECT_FALSE(fs::exists(path("a.db.checkpoints/status.json")));
  EXPECT_THAT(status().output, HasSubstr("a.db: nothing runs; 1 run that counts: 1 interrupted"));
  const auto resting = nlohmann::json::parse(status({"--format", "json"}).output);
  EXPECT_EQ(resting.at("runs"), false);
  EXPECT_EQ(resting.at("counting").at("interrupted"), 1);
}

TEST_F(Status, KnowsAProgramThatWasKilled) {
  {
    RunningProgram program(run_arguments("[7]", 300000));
    ASSERT_TRUE(trains(path("a.db")));
    program.signal(SIGKILL);
    ASSERT_TRUE(program.ends_within(std::chrono::seconds(60)));
  }
  const auto now = status();
  EXPECT_THAT(now.output, HasSubstr("nothing runs; 0 runs that count"));
  EXPECT_THAT(now.output, HasSubstr("without a word, with 1 running; to go on: rraebench run "));
  const auto document = nlohmann::json::parse(status({"--format", "json"}).output);
  EXPECT_EQ(document.at("runs"), false);
  EXPECT_TRUE(document.contains("command")) << document;
}

TEST_F(Status, NeedsADatabase) {
  const auto result = status();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(line_count(result.errors), 1) << result.errors;
}

}  // namespace
}  // namespace rraebench
