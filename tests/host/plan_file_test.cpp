#include "host/program/planning/plan_file.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <sstream>

namespace rraebench {
namespace {

using testing::HasSubstr;

PlanEntry entry(std::int64_t seed, RunState state = RunState::kNew) {
  PlanEntry made;
  auto& run = made.judged.run;
  run.spec.suite = "s";
  run.spec.label = "a \"quoted\", über label\nof two lines";
  run.spec.training.stages = {{1e-3, 30, 0}};
  run.spec.seed = seed;
  run.identity = run_identity(run.spec);
  run.plugin = "/plugins/a.so";
  run.notes = {"a note"};
  run.keep = {"weights"};
  made.judged.state = state;
  return made;
}

RunPlan plan_of(const std::vector<PlanEntry>& entries, std::int64_t runs_per_task = 1) {
  RunPlan plan;
  plan.created_at = "2026-01-31T12:00:00Z";
  plan.database = "/results.db";
  plan.execution = {"/here", "/data", "/cache", 60.0, 1 << 20, 30.0};
  plan.suites = {{"s",
                  "/s.toml",
                  "# text\n",
                  {{"c", "d", "l"}},
                  {{"c", "l", "p", "n", "", "", 1.5, {}, "x"}},
                  {{"c", "VAE is better", "better", "l", "m", "p", "n", "", "", {}, 0.5, "x"}}}};
  plan.entries = entries;
  number_tasks(plan, runs_per_task, /*retry=*/false, /*force=*/false);
  return plan;
}

std::string text_of(const RunPlan& plan) {
  std::ostringstream out;
  write_plan(out, plan);
  return out.str();
}

TEST(PlanFile, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  auto plan = plan_of({entry(0), entry(1, RunState::kCached), entry(2, RunState::kStale)});
  plan.entries[0].estimate = {12.5, 1000, 2000};
  plan.force = true;
  const auto file = folder.write("plan.json", text_of(plan));
  const auto read = read_plan(file);
  EXPECT_EQ(text_of(read), text_of(plan));
  ASSERT_EQ(read.entries.size(), 3u);
  EXPECT_EQ(read.entries[0].task, 0);
  EXPECT_EQ(read.entries[1].task, std::nullopt);  // Complete: for nobody to do.
  EXPECT_EQ(read.entries[2].task, 1);
  EXPECT_EQ(read.runs_to_do().size(), 2u);
  EXPECT_EQ(read.suites[0].published[0].value, 1.5);
  EXPECT_EQ(read.suites[0].claims[0].tolerance, 0.5);
  EXPECT_EQ(read.execution.folder, "/here");
  EXPECT_TRUE(read.force);
  EXPECT_FALSE(read.retry);
  EXPECT_EQ(read.entries[0].judged.run.keep, (std::vector<std::string>{"weights"}));
}

TEST(PlanFile, IsOneJsonDocumentWithALineForEachRun) {
  const auto text = text_of(plan_of({entry(0), entry(1)}));
  const auto document = nlohmann::json::parse(text);
  EXPECT_EQ(document.at("runs").size(), 2u);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_EQ(nlohmann::json::parse(text_of(plan_of({}))).at("runs").size(), 0u);
}

TEST(PlanFile, GivesATaskItsOwnRuns) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("plan.json", text_of(plan_of({entry(0), entry(1), entry(2), entry(3), entry(4)}, 2)));
  EXPECT_EQ(read_plan(file, 0).entries.size(), 2u);
  const auto last = read_plan(file, 2);
  ASSERT_EQ(last.entries.size(), 1u);
  EXPECT_EQ(last.entries[0].judged.run.spec.seed, 4);
  EXPECT_EQ(last.tasks, 3);
}

std::string fault_of(const std::string& text, std::optional<std::int64_t> task = std::nullopt) {
  const TemporaryFolder folder;
  return complaint_of<UserError>([&] { read_plan(folder.write("plan.json", text), task); });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(PlanFile, SaysWhatIsWrongWithAnother) {
  const auto text = text_of(plan_of({entry(0), entry(1)}));
  EXPECT_EQ(fault_of(text), kNoComplaint);
  EXPECT_THAT(fault_of(text, 2), HasSubstr("has no task 2; they are 0 to 1"));
  EXPECT_THAT(fault_of(text, -1), HasSubstr("has no task -1"));
  EXPECT_THAT(fault_of(text_of(plan_of({entry(0, RunState::kCached)})), 0),
              HasSubstr("there is nothing to do"));
  EXPECT_THAT(fault_of(""), HasSubstr("is empty"));
  EXPECT_THAT(fault_of("{}\n"), HasSubstr("plan.json:1: is not as rraebench wrote it"));
  EXPECT_THAT(fault_of(replaced(text, "\"rraebench_plan\":1", "\"rraebench_plan\":99")),
              HasSubstr("another version"));
  EXPECT_THAT(fault_of(replaced(text, "\"seed\":1", "\"seed\":7")),
              HasSubstr("plan.json:3: the run is not the one that was planned"));
  EXPECT_THAT(fault_of(replaced(text, "\"state\":\"new\"", "\"state\":\"odd\"")), HasSubstr("plan.json:2: "));
  EXPECT_THAT(fault_of(text.substr(0, text.size() - 20)), HasSubstr("plan.json:3: "));
  EXPECT_THAT(fault_of(text.substr(0, text.size() - 3)), HasSubstr("is cut off"));
  EXPECT_THROW(read_plan("/no/such/plan.json"), UserError);
}

TEST(Tasks, AreForWhatIsToDo) {
  const std::vector<PlanEntry> entries = {entry(0), entry(1, RunState::kCached), entry(2, RunState::kFailed),
                                          entry(3, RunState::kInterrupted), entry(4, RunState::kFaulted)};
  const auto tasks = [&](bool retry, bool force) {
    auto plan = plan_of(entries);
    number_tasks(plan, 1, retry, force);
    return plan.tasks;
  };
  EXPECT_EQ(tasks(false, false), 3);
  EXPECT_EQ(tasks(true, false), 4);
  EXPECT_EQ(tasks(false, true), 5);
}

}  // namespace
}  // namespace rraebench
