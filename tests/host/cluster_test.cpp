#include "host/common/errors.hpp"
#include "host/program/cluster/job_script.hpp"
#include "host/program/cluster/plan_folder.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "host/program/cluster/slurm_job.hpp"
#include "host/program/cluster/submission.hpp"
#include "host/program/cluster/task_ranges.hpp"
#include "host/program/cluster/task_state.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <sstream>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Tasks = std::vector<std::int64_t>;

Tasks counting(std::int64_t count) {
  Tasks tasks(static_cast<std::size_t>(count));
  std::iota(tasks.begin(), tasks.end(), 0);
  return tasks;
}

TEST(TaskRanges, AreReadAsTheyAreWritten) {
  for (const auto& [numbers, text] : std::vector<std::pair<Tasks, std::string>>{
           {{}, ""}, {{5}, "5"}, {{0, 1, 2, 3}, "0-3"}, {{0, 2, 3, 7, 8, 10}, "0,2-3,7-8,10"}}) {
    EXPECT_EQ(range_text(numbers), text);
    EXPECT_EQ(parse_ranges(text), numbers);
  }
  for (const char* bad : {"a", "1-", "-1", "1,,2", "1 2"}) EXPECT_THROW(parse_ranges(bad), UserError) << bad;
}

TEST(TaskArrays, StayBelowTheSitesLimit) {
  const auto arrays = split_into_arrays(counting(2500), 1001);
  ASSERT_EQ(arrays.size(), 3u);
  EXPECT_EQ(arrays[0].indices(), "0-1000");
  EXPECT_EQ(arrays[1].offset, 1001);
  EXPECT_EQ(arrays[1].indices(), "0-1000");
  EXPECT_EQ(arrays[2].indices(), "0-497");
  // Below the limit an index is the task itself; a few high ones need no array each.
  EXPECT_EQ(split_into_arrays({7, 3}, 1001)[0].indices(), "3,7");
  const auto high = split_into_arrays({5000, 5003, 5900}, 1001);
  ASSERT_EQ(high.size(), 1u);
  EXPECT_EQ(high[0].offset, 5000);
  EXPECT_EQ(high[0].indices(), "0,3,900");
}

PlanEntry entry(std::int64_t task, std::optional<double> seconds, std::optional<std::int64_t> memory) {
  PlanEntry made;
  made.task = task;
  made.estimate = {seconds, memory, {}};
  return made;
}

TEST(ResourceClasses, GuessTimeAndMemoryWithReserve) {
  constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;
  RunPlan plan;
  plan.entries = {entry(0, 60.0, kGibibyte / 4), entry(1, 3600.0, 3 * kGibibyte),
                  entry(2, 70.0, kGibibyte / 4), entry(3, {}, {})};
  const auto classes = resource_classes(plan, {});
  ASSERT_EQ(classes.size(), 3u);
  EXPECT_THAT(classes[0].tasks, ElementsAre(0, 2));
  EXPECT_EQ(classes[0].job.minutes, 15);
  EXPECT_EQ(classes[0].job.memory_mib, 1024);
  EXPECT_EQ(classes[1].job.minutes, 240);      // 2 x 60 + 5, the next power of two quarters.
  EXPECT_EQ(classes[1].job.memory_mib, 8192);  // 4.5 GiB and a half.
  EXPECT_EQ(classes[2].job.minutes, std::nullopt);
  EXPECT_EQ(classes[2].job.memory_mib, std::nullopt);
  SlurmJob told;
  told.minutes = 30;
  told.memory_mib = 2000;
  EXPECT_EQ(resource_classes(plan, told).size(), 1u);
}

TEST(ResourceClasses, TakeLimitsWhereNoRunTells) {
  RunPlan plan;
  plan.entries = {entry(0, {}, {}), entry(0, {}, {})};
  plan.execution.time_limit_seconds = 3600;
  plan.execution.memory_limit_bytes = std::int64_t{4} << 30;
  const auto classes = resource_classes(plan, {});
  ASSERT_EQ(classes.size(), 1u);
  EXPECT_EQ(classes[0].job.minutes, 240);  // Two runs one after the other.
  EXPECT_EQ(classes[0].job.memory_mib, 8192);
}

TEST(SlurmTimes, AreReadAsPeopleAndAsSlurmWriteThem) {
  EXPECT_EQ(parse_minutes("90m", "time"), 90);
  EXPECT_EQ(parse_minutes("2h", "time"), 120);
  EXPECT_EQ(parse_minutes("30s", "time"), 1);
  EXPECT_EQ(parse_minutes("02:30:00", "time"), 150);
  EXPECT_EQ(parse_minutes("1-12:00:00", "time"), 2160);
  EXPECT_EQ(parse_minutes("0:00:01", "time"), 1);
  for (const char* bad : {"", "x", "-1", "1:2", "1:99:00", "1-", "0:00:00", "1:00:00x", "99999999999h"})
    EXPECT_THROW(parse_minutes(bad, "time"), UserError) << bad;
}

SlurmJob full_job() {
  SlurmJob job;
  job.partition = "gpu";
  job.account = "my group";
  job.preamble = "#SBATCH --qos=long\nmodule load gcc";
  job.cpus = 4;
  job.gpus = 1;
  job.minutes = 90;
  job.memory_mib = 8192;
  job.throttle = 20;
  return job;
}

TEST(JobScript, AsksForWhatItWasTold) {
  const PlanFolder folder("/plans/my %plan");
  const auto script = array_script(folder, full_job(), {1001, {1001, 1003}}, "/opt/rrae bench");
  EXPECT_EQ(script.rfind("#!/bin/bash\n", 0), 0u);
  for (const char* expected :
       {"#SBATCH --array=0,2%20\n", "#SBATCH --partition=gpu\n", "#SBATCH --account='my group'\n",
        "#SBATCH --cpus-per-task=4\n", "#SBATCH --gpus=1\n", "#SBATCH --time=90\n", "#SBATCH --mem=8192M\n",
        "#SBATCH --requeue\n", "#SBATCH --signal=B:TERM@120\n", "my %%plan/logs/%A_%a.log",
        "task=$((SLURM_ARRAY_TASK_ID + 1001))\n",
        "'/opt/rrae bench' run --plan-file '/plans/my %plan/plan.json' --task \"$task\"", "scontrol requeue"})
    EXPECT_THAT(script, HasSubstr(expected));
  // sbatch reads no directives after the first command.
  EXPECT_LT(script.find("#SBATCH --qos=long\nmodule load gcc\n"), script.find("\ntask="));
  EXPECT_LT(script.rfind("#SBATCH"), script.find("module load"));
  EXPECT_THAT(script, Not(HasSubstr("--retry")));
}

TEST(JobScript, LeavesToTheSiteWhatNobodyTold) {
  auto job = SlurmJob{};
  job.retry = true;
  const auto script = array_script(PlanFolder("/p"), job, {0, {0}}, "/r");
  for (const char* absent : {"--time", "--mem", "--partition", "--account", "--gpus", "%0"})
    EXPECT_THAT(script, Not(HasSubstr(absent)));
  EXPECT_THAT(script, HasSubstr(" --retry &"));
  // A short time is not over before it has begun.
  job.minutes = 2;
  EXPECT_THAT(array_script(PlanFolder("/p"), job, {0, {0}}, "/r"), HasSubstr("TERM@30\n"));
  EXPECT_THAT(array_script(PlanFolder("/p/quick.plan"), job, {0, {0}}, "/r"),
              HasSubstr("--job-name=quick\n"));
}

TEST(Scripts, EndWithOneThatMergesAfterAllOthers) {
  const PlanFolder folder("/p");
  const auto scripts = make_scripts(folder, {{full_job(), counting(2000)}}, 1001, 3);
  ASSERT_EQ(scripts.size(), 3u);
  EXPECT_EQ(scripts[0].file, "/p/scripts/3.sh");
  EXPECT_TRUE(scripts[2].submission.collects);
  std::ostringstream out;
  print_scripts(out, scripts);
  EXPECT_THAT(out.str(),
              HasSubstr("# sbatch --parsable --dependency=afterany:JOB1:JOB2 /p/scripts/5-collect.sh\n"));
  EXPECT_THAT(out.str(), HasSubstr("slurm collect /p\n"));
}

TEST(Submissions, AreReadAsTheyWereWrittenDown) {
  const TemporaryFolder temporary;
  const PlanFolder folder(temporary.path());
  EXPECT_TRUE(read_submissions(folder).empty());
  add_submission(folder, {"12", "2026-01-31T12:00:00Z", false, 1001, {1001, 1002, 1005}, full_job()});
  add_submission(folder, {"13", "2026-01-31T12:00:01Z", true, 0, {}, {}});
  const auto read = read_submissions(folder);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_THAT(read[0].tasks, ElementsAre(1001, 1002, 1005));
  EXPECT_EQ(read[0].offset, 1001);
  EXPECT_TRUE(read[0].job == full_job());
  EXPECT_TRUE(read[1].collects);
  temporary.write("submissions.jsonl", "{}\n");
  EXPECT_THROW(read_submissions(folder), UserError);
}

TEST(Submissions, AreKnownBeforeTheyAreMade) {
  const TemporaryFolder temporary;
  const PlanFolder folder(temporary.path());
  EXPECT_TRUE(read_intentions(folder).empty());
  add_intentions(folder, {{"", "", false, 0, {0, 1}, full_job()}, {"", "", false, 0, {2}, {}}});
  ASSERT_EQ(read_intentions(folder).size(), 2u);
  EXPECT_TRUE(read_intentions(folder)[0].job == full_job());
  EXPECT_TRUE(read_submissions(folder).empty());
}

TEST(SlurmOutput, IsUnderstood) {
  EXPECT_EQ(parse_max_array_size("Configuration\nMaxArraySize            = 4001\nMaxJobCount = 3\n"), 4001);
  EXPECT_EQ(parse_max_array_size(""), 1001);
  const auto queue = parse_queue(
      "12|0|RUNNING|None|1:05\n12|1|PENDING|Resources|0:00\n13|N/A|PENDING|Dependency|0:00\nodd\n");
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_EQ(queue.at({"12", 1}).reason, "Resources");
  EXPECT_EQ(queue.at({"13", -1}).state, "PENDING");
  const auto accounting = parse_accounting(
      "12_0|TIMEOUT|01:00:00\n12_1|CANCELLED by "
      "1000|00:00:00\n12_[2-9]|PENDING|00:00:00\n13|COMPLETED|0:01\n");
  EXPECT_EQ(accounting.size(), 3u);
  EXPECT_EQ(accounting.at({"12", 1}).state, "CANCELLED");
}

RunEnd end_of(RunStatus status, const std::string& message = "", Fault fault = Fault::kModel) {
  RunEnd end;
  end.status = status;
  end.message = message;
  end.fault = fault;
  return end;
}

TEST(TaskStates, JoinFilesSubmissionsAndQueue) {
  const TaskFile done{true, {end_of(RunStatus::kOk)}};
  const TaskFile failed{true, {end_of(RunStatus::kOk), end_of(RunStatus::kCrash, "crashed")}};
  const TaskFile cut{false, {end_of(RunStatus::kInterrupted, "stopped")}};
  const TaskFile faulted{false, {end_of(RunStatus::kError, "no space left", Fault::kInfrastructure)}};
  const std::vector<std::optional<TaskFile>> files = {done,    failed, {}, {},     cut,
                                                      faulted, {},     {}, failed, done};
  const std::vector<Submission> submissions = {{"12", "", false, 0, {0, 1, 2, 3, 4, 5, 6, 8}, {}},
                                               {"13", "", false, 8, {8}, {}}};
  ClusterView view;
  view.queue = JobElements{{{"12", 2}, {"PENDING", "Resources", ""}},
                           {{"12", 3}, {"RUNNING", "None", "1:00"}},
                           {{"12", 4}, {"COMPLETED", "None", ""}},
                           {{"13", 0}, {"PENDING", "None", ""}}};
  view.accounting = JobElements{{{"12", 6}, {"OUT_OF_MEMORY", "", ""}}};
  const auto tasks = judge_tasks(files, submissions, view);
  std::vector<TaskState> states;
  for (const auto& task : tasks) states.push_back(task.state);
  EXPECT_THAT(states, ElementsAre(TaskState::kDone, TaskState::kFailed, TaskState::kPending,
                                  TaskState::kRunning, TaskState::kLost, TaskState::kLost, TaskState::kLost,
                                  TaskState::kNotSubmitted, TaskState::kPending, TaskState::kDone));
  EXPECT_EQ(tasks[1].why, "crash: crashed");
  EXPECT_EQ(tasks[2].why, "Resources");
  EXPECT_THAT(tasks[4].why, HasSubstr("left the queue"));
  EXPECT_EQ(tasks[5].why, "error: no space left");
  EXPECT_EQ(tasks[6].why, "OUT_OF_MEMORY");
  EXPECT_EQ(tasks[8].job, "13_0");
  // Without a queue to ask nothing is lost.
  view.queue.reset();
  view.accounting.reset();
  EXPECT_EQ(judge_tasks(files, submissions, view)[4].state, TaskState::kUnknown);
  EXPECT_EQ(judge_tasks(files, submissions, view)[0].state, TaskState::kDone);
}

}  // namespace
}  // namespace rraebench
