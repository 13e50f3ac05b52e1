// The commands of `rraebench slurm` with sbatch, squeue, sacct, scancel and scontrol of the test's own before
// all others: they write down what they are told and answer what the test says.
#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"
#include "tests/support/environment_variable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <optional>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

constexpr const char* kWritesDown =
    "#!/bin/sh\n"
    "for word in \"$@\"; do printf '%s\\n' \"$word\" >> \"$0.told\"; done\n";
/// Numbers from 41 on.
constexpr const char* kCountsJobs =
    "job=$(($(cat \"$0.last\" 2>/dev/null || echo 40) + 1))\n"
    "echo $job > \"$0.last\"\n"
    "echo $job\n";
constexpr const char* kAnswers = "cat \"$0.answer\" 2>/dev/null || true\n";

class SlurmCommands : public testing::Test {
 protected:
  SlurmCommands() {
    add_command("sbatch", kCountsJobs);
    for (const char* name : {"squeue", "sacct", "scancel", "scontrol"}) add_command(name, kAnswers);
    path_.emplace("PATH", (path("bin") + ":" + std::getenv("PATH")).c_str());
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string plan() const { return path("tiny.plan"); }
  std::string script(const std::string& name) const { return read_file(plan() + "/scripts/" + name); }

  void add_command(const std::string& name, const std::string& script) const {
    fs::permissions(folder_.write("bin/" + name, kWritesDown + script), fs::perms::owner_all);
  }
  void answer(const std::string& command, const std::string& text) const {
    folder_.write("bin/" + command + ".answer", text);
  }
  /// Also one that the machine may have.
  void take_away(const std::string& command) {
    fs::remove(path("bin/" + command));
    bare_path_.emplace("PATH", path("bin").c_str());
  }
  /// All words that it was given so far, a line each.
  std::string told(const std::string& command) const { return read_file(path("bin/" + command + ".told")); }

  std::string write_suite(const std::string& seeds) const {
    return folder_
        .write("tiny.toml",
               tiny_suite(model_table("ae") +
                              model_table("bad-fails", "latent = 2, where = \"loss\", way = \"throw\""),
                          seeds))
        .string();
  }

  ProgramResult submit(const std::string& suite, std::vector<std::string> more) const {
    more.insert(more.begin(), {"slurm", "submit", suite, "--db", path("all.db"), "--folder", plan(),
                               "--cache-dir", path("cache"), "--plugin-dir", kBadPlugins});
    return call(more);
  }
  ProgramResult slurm(const std::string& command, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"slurm", command, plan()});
    return call(more);
  }

  /// Carries out a task as a node does; gives the exit code of the batch script.
  int carry_out(const std::string& script, const std::string& task, const std::string& restarts = "0") const {
    const auto answer =
        ask_worker("/usr/bin/env",
                   {"SLURM_ARRAY_JOB_ID=41", "SLURM_ARRAY_TASK_ID=" + task, "SLURM_RESTART_COUNT=" + restarts,
                    "/bin/bash", plan() + "/scripts/" + script},
                   "", {}, std::chrono::minutes(10));
    return answer.exit.exit_code.value_or(-1);
  }

  std::string rows(const std::string& database, const std::string& sql) const {
    const auto result = call({"query", sql, "--db", path(database), "--format", "csv"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.output;
  }

  TemporaryFolder folder_;
  std::optional<EnvironmentVariable> path_;
  std::optional<EnvironmentVariable> bare_path_;  // Without the machine's own commands.
};

TEST_F(SlurmCommands, SubmitHandsOnEveryOptionOfAJob) {
  const auto preamble = folder_.write("modules.sh", "#SBATCH --qos=long\nmodule load gcc").string();
  const auto submitted =
      submit(write_suite("[0, 1]"),
             {"--partition", "short",  "--account",       "my group", "--time",     "90m", "--cpus",     "3",
              "--gpus",      "2",      "--mem",           "4G",       "--throttle", "5",   "--requeues", "4",
              "--preamble",  preamble, "--runs-per-task", "2"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  EXPECT_EQ(submitted.output,
            "job 41: 2 tasks\njob 42 merges when they have ended\nhow it goes: rraebench slurm status " +
                plan() + "\n");
  EXPECT_THAT(submitted.errors, HasSubstr("2 tasks: 90 minutes each, 4096 MiB"));
  EXPECT_EQ(told("sbatch"), "--parsable\n" + plan() + "/scripts/1.sh\n" +
                                "--parsable\n--dependency=afterany:41\n" + plan() +
                                "/scripts/2-collect.sh\n");
  const auto array = script("1.sh");
  for (const char* line :
       {"#SBATCH --array=0-1%5\n", "#SBATCH --partition=short\n", "#SBATCH --account='my group'\n",
        "#SBATCH --cpus-per-task=3\n", "#SBATCH --gpus=2\n", "#SBATCH --time=90\n", "#SBATCH --mem=4096M\n",
        "#SBATCH --qos=long\nmodule load gcc\n", "[ \"${SLURM_RESTART_COUNT:-0}\" -lt 4 ]",
        "--threads \"${SLURM_CPUS_PER_TASK:-3}\" &\n"})
    EXPECT_THAT(array, HasSubstr(line));
  EXPECT_THAT(script("2-collect.sh"),
              AllOf(HasSubstr("#SBATCH --partition=short\n"), HasSubstr("module load gcc\n"),
                    HasSubstr("slurm collect " + plan() + "\n")));
  const auto frozen = nlohmann::json::parse(read_file(plan() + "/plan.json"));
  EXPECT_EQ(frozen.at("tasks"), 2) << "of four runs";

  const auto again = submit(write_suite("[0, 1]"), {});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.errors, HasSubstr("tiny.plan: is there already; --folder names another"));
}

TEST_F(SlurmCommands, CancelEndsTheJobsThatWaitOrRun) {
  ASSERT_EQ(submit(write_suite("[0, 1]"), {}).exit_code, 0);
  answer("squeue", "41|0|COMPLETED|None|0:30\n41|1|RUNNING|None|1:05\n42|N/A|PENDING|Dependency|0:00\n");
  const auto cancelled = slurm("cancel");
  EXPECT_EQ(cancelled.exit_code, 0) << cancelled.errors;
  EXPECT_EQ(told("scancel"), "41\n42\n");
  EXPECT_EQ(cancelled.output,
            "2 jobs cancelled; what is done so far: rraebench slurm collect " + plan() + "\n");
  fs::remove(path("bin/scancel.told"));
  answer("squeue", "41|1|CANCELLED|None|1:05\n42|N/A|COMPLETED|None|0:01\n");
  EXPECT_THAT(slurm("cancel").output, StartsWith("0 jobs cancelled;"));
  EXPECT_FALSE(fs::exists(path("bin/scancel.told"))) << "nothing is left to cancel";
  take_away("squeue");
  const auto elsewhere = slurm("cancel");
  EXPECT_EQ(elsewhere.exit_code, 2);
  EXPECT_THAT(elsewhere.errors,
              HasSubstr("there is no squeue here; give this command on a machine of the cluster"));
  EXPECT_EQ(slurm("resubmit").exit_code, 2) << "what runs would be submitted beside itself";
}

/// Three tasks that do and three whose model fails; of either the first has ended.
class SubmittedTasks : public SlurmCommands {
 protected:
  void SetUp() override {
    const auto submitted =
        submit(write_suite("[0, 1, 2]"), {"--time", "20m", "--mem", "1G", "--partition", "short"});
    ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
    EXPECT_EQ(carry_out("1.sh", "0"), 0);
    EXPECT_EQ(carry_out("1.sh", "3"), 1);
    // Of 4 the accounting knows more; of 5 nobody knows anything.
    answer("squeue", "41|1|RUNNING|None|1:05\n41|2|PENDING|Resources|0:00\n42|N/A|PENDING|Dependency|0:00\n");
    answer("sacct", "41_0|COMPLETED|00:01:00\n41_4|OUT_OF_MEMORY|00:10:00\n41_[1-2]|PENDING|00:00:00\n");
  }
};

TEST_F(SubmittedTasks, StatusJoinsFilesQueueAndAccounting) {
  const auto status = slurm("status");
  EXPECT_EQ(status.exit_code, 1) << status.errors;
  EXPECT_THAT(status.output,
              AllOf(StartsWith("6 tasks: 1 pending, 1 running, 1 done, 1 failed, 2 lost; results go to " +
                               path("all.db") + "\nwaiting for: Resources\nabout "),
                    HasSubstr(" a task and 1 at a time\n"), Not(HasSubstr("ae · seed 0")),
                    HasSubstr("rraebench slurm resubmit " + plan() + " --failed\n")));
  EXPECT_EQ(slurm("status", {"--format", "csv"}).output,
            "task,state,job,runs,why\r\n"
            "0,done,41_0,tiny · ae · seed 0,\"\"\r\n"
            "1,running,41_1,tiny · ae · seed 1,\"\"\r\n"
            "2,pending,41_2,tiny · ae · seed 2,Resources\r\n"
            "3,failed,41_3,tiny · bad-fails · seed 0,error: this model refuses\r\n"
            "4,lost,41_4,tiny · bad-fails · seed 1,OUT_OF_MEMORY\r\n"
            "5,lost,41_5,tiny · bad-fails · seed 2,left the queue before its runs were over; its log says "
            "more\r\n");
  EXPECT_THAT(slurm("status", {"--all"}).output, HasSubstr("ae · seed 0"));
  EXPECT_THAT(told("squeue"), HasSubstr("--jobs=41,42\n"));
  EXPECT_THAT(told("sacct"), HasSubstr("--jobs=41,42\n"));

  // Without a queue nothing is known to be lost.
  take_away("squeue");
  answer("sacct", "");
  const auto unknown = slurm("status");
  EXPECT_THAT(unknown.output, StartsWith("6 tasks: 1 done, 1 failed, 4 unknown;"));
  EXPECT_THAT(unknown.errors, HasSubstr("there is no squeue here"));
}

TEST_F(SubmittedTasks, ResubmitSubmitsWhatIsMissingAndNoMore) {
  const auto lost = slurm("resubmit", {"--mem-scale", "2", "--time-scale", "1.5"});
  ASSERT_EQ(lost.exit_code, 0) << lost.errors;
  EXPECT_THAT(lost.output, StartsWith("job 43: 2 tasks\njob 44 merges when they have ended\n"));
  EXPECT_THAT(told("sbatch"), HasSubstr("--parsable\n" + plan() + "/scripts/3.sh\n--parsable\n" +
                                        "--dependency=afterany:43\n" + plan() + "/scripts/4-collect.sh\n"));
  const auto again = script("3.sh");
  for (const char* line : {"#SBATCH --array=4-5\n", "#SBATCH --mem=2048M\n", "#SBATCH --time=30\n",
                           "#SBATCH --partition=short\n"})
    EXPECT_THAT(again, HasSubstr(line));
  EXPECT_THAT(again, Not(HasSubstr("--retry")));

  answer("squeue",
         "41|1|RUNNING|None|1:05\n41|2|PENDING|None|0:00\n43|4|PENDING|None|0:00\n43|5|PENDING|None|0:00\n");
  const auto nothing = slurm("resubmit");
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_EQ(nothing.errors, "nothing is missing; 1 failed, which --failed submits again\n");
  EXPECT_FALSE(fs::exists(plan() + "/scripts/5.sh"));

  const auto failed = slurm("resubmit", {"--failed", "--mem", "3G"});
  ASSERT_EQ(failed.exit_code, 0) << failed.errors;
  EXPECT_THAT(failed.output, StartsWith("job 45: 1 task\n"));
  EXPECT_THAT(script("5.sh"), AllOf(HasSubstr("#SBATCH --array=3\n"), HasSubstr("#SBATCH --mem=3072M\n"),
                                    HasSubstr("#SBATCH --time=20\n"), HasSubstr(" --retry &\n")));
  EXPECT_EQ(carry_out("5.sh", "3"), 1);
  EXPECT_EQ(rows("tiny.plan/tasks/3.db", "select max(attempt) from run"), "max(attempt)\r\n2\r\n");
}

TEST_F(SubmittedTasks, CollectMergesWhatThereIsAndTakesNothingTwice) {
  const auto other = slurm("collect", {"--db", path("other.db")});
  EXPECT_EQ(other.exit_code, 1) << "four tasks have left nothing";
  EXPECT_EQ(other.output, "2 runs of 2 tasks taken into " + path("other.db") + ", 0 there already\n");
  EXPECT_THAT(other.errors, HasSubstr("1 of 6 tasks are done: rraebench slurm status " + plan()));
  EXPECT_FALSE(fs::exists(path("all.db")));

  EXPECT_THAT(slurm("collect").output, StartsWith("2 runs of 2 tasks taken into " + path("all.db")));
  EXPECT_EQ(carry_out("1.sh", "1"), 0);
  EXPECT_EQ(slurm("collect").output,
            "1 runs of 3 tasks taken into " + path("all.db") + ", 2 there already\n");
  EXPECT_EQ(rows("all.db", "select label, seed, status from runs order by 1, 2"),
            "label,seed,status\r\nae,0,ok\r\nae,1,ok\r\nbad-fails,0,error\r\n");
}

TEST_F(SlurmCommands, CollectIsContentOnceAllIsDone) {
  const auto suite = folder_.write("tiny.toml", tiny_suite(model_table("ae"), "[0, 1]")).string();
  ASSERT_EQ(submit(suite, {"--runs-per-task", "2"}).exit_code, 0);
  const auto nothing = slurm("collect");
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_EQ(nothing.errors, "no task has left anything yet\n");
  EXPECT_EQ(carry_out("1.sh", "0"), 0);
  // As the last job does.
  EXPECT_EQ(carry_out("2-collect.sh", "0"), 0);
  EXPECT_EQ(rows("all.db", "select count(*) from runs where current and status = 'ok'"), "count(*)\r\n2\r\n");
  const auto status = slurm("status");
  EXPECT_EQ(status.exit_code, 0) << status.errors;
  EXPECT_THAT(status.output, HasSubstr("all is done: rraebench report --db " + path("all.db")));
  const auto again = submit(suite, {});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.errors, HasSubstr("all 2 runs are complete"));
}

TEST_F(SlurmCommands, ATaskThatIsToldToStopGoesBackIntoTheQueueSoOften) {
  // As Slurm does by --signal=B:TERM, once the runs of the task have begun.
  const auto preamble =
      folder_
          .write("stop.sh",
                 "(until [ -e " + plan() +
                     "/tasks/0.db.checkpoints/status.json ]; do sleep 0.1; done; kill -TERM $$) &\n")
          .string();
  const auto suite = folder_.write("long.toml", tiny_suite(model_table("ae"), "[0]", 300000)).string();
  ASSERT_EQ(submit(suite, {"--preamble", preamble, "--requeues", "2"}).exit_code, 0);
  answer("squeue", "RUNNING\n");
  fs::remove(path("bin/scontrol.told"));
  EXPECT_EQ(carry_out("1.sh", "0", "1"), 130);
  EXPECT_EQ(told("scontrol"), "requeue\n41_0\n");
  EXPECT_EQ(carry_out("1.sh", "0", "2"), 130);
  EXPECT_EQ(told("scontrol"), "requeue\n41_0\n") << "it had its two";
  answer("squeue", "COMPLETING\n");
  EXPECT_EQ(carry_out("1.sh", "0", "0"), 130);
  EXPECT_EQ(told("scontrol"), "requeue\n41_0\n") << "it was cancelled";
}

}  // namespace
}  // namespace rraebench
