#include "host/program/planning/resources.hpp"
#include "program.hpp"
#include "running_program.hpp"
#include "tests/support/environment_variable.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdlib>
#include <list>
#include <optional>

namespace rraebench {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// All that a database says but times, places of files, and where the runs happened.
constexpr const char* kAllButTimes[] = {
    "select identity, attempt, suite, comparison, model, label, dataset, seed, status, exit_code, signal, "
    "message, train_steps, parameter_count, plugin_sha256, dataset_fingerprint, spec_json, settings, fault "
    "from run order by identity, attempt",
    "select identity, attempt, protocol, name, variant, split, value, unit, better, extractor, "
    "extractor_sha256, reference_count, sample_count from metric join run on run.id = run_id "
    "where protocol <> 'train' order by 1, 2, 3, 4, 5, 6, 10",
    "select identity, attempt, series, step, curve.value from curve join run on run.id = run_id "
    "order by 1, 2, 3, 4",
    "select identity, attempt, name, position, value from spectrum join run on run.id = run_id "
    "order by 1, 2, 3, 4",
    "select identity, attempt, protocol, name, variant, caption, width, height, hex(content) from image "
    "join run on run.id = run_id order by 1, 2, 3, 4, 5",
    "select identity, attempt, position, text from note join run on run.id = run_id order by 1, 2, 3",
    "select suite, comparison, dataset, label, settings, suite_file from asked order by 1, 2, 3, 4",
    "select * from published order by 1, 2, 3, 4, 5, 6"};

class PlannedTasks : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  ProgramResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--cache-dir", path("cache"), "--threads", "1"});
    return call(arguments);
  }

  /// Of suite and options into the folder "plan".
  std::string make_plan(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {suite_, "--db", path("all.db"), "--plan", "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return folder_.write("plan/plan.json", result.output).string();
  }

  std::vector<std::string> task_arguments(const std::string& plan, int task) const {
    return {"run", "--plan-file", plan, "--task", std::to_string(task), "--threads", "1"};
  }

  std::string rows(const std::string& database, const std::string& sql) const {
    const auto result = call({"query", sql, "--db", path(database), "--format", "csv"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.output;
  }

  ProgramResult merge(int tasks) const {
    std::vector<std::string> arguments = {"merge", "--db", path("all.db")};
    for (int task = 0; task < tasks; ++task)
      arguments.push_back(path("plan/tasks/" + std::to_string(task) + ".db"));
    return call(arguments);
  }

  TemporaryFolder folder_;
  std::string suite_ = folder_.write(
      "tiny.toml",
      tiny_suite(model_table("ae") + model_table("vae") +
                     "[[comparison.published]]\nlabel = \"ae\"\nprotocol = \"reconstruct\"\n"
                     "name = \"relative_error\"\nsplit = \"test\"\nvalue = 1.5\nsource = \"x\"\n",
                 "[0, 1]"));
};

TEST_F(PlannedTasks, InFourProcessesAtOnceGivesWhatASerialRunGives) {
  ASSERT_EQ(run({suite_, "--db", path("serial.db")}).exit_code, 0);
  const auto plan = make_plan();
  {
    std::list<RunningProgram> tasks;
    for (int task = 0; task < 4; ++task) tasks.emplace_back(task_arguments(plan, task));
    for (auto& task : tasks) {
      ASSERT_TRUE(task.ends_within(std::chrono::minutes(3)));
      EXPECT_EQ(task.exit_code(), 0) << task.errors();
    }
  }
  const auto merged = merge(4);
  ASSERT_EQ(merged.exit_code, 0) << merged.errors;
  for (const char* sql : kAllButTimes) EXPECT_EQ(rows("all.db", sql), rows("serial.db", sql)) << sql;
  // Once more changes nothing.
  EXPECT_EQ(merge(4).exit_code, 0);
  EXPECT_EQ(rows("all.db", "select count(*), max(attempt) from run"), "count(*),max(attempt)\r\n4,1\r\n");
  for (const char* sql : kAllButTimes) EXPECT_EQ(rows("all.db", sql), rows("serial.db", sql)) << sql;
  // What is complete is in no new plan, and contradicts no serial run.
  EXPECT_THAT(run({suite_, "--db", path("all.db"), "--plan"}).errors, HasSubstr("0 of 4 runs would be done"));
  EXPECT_EQ(call({"merge", path("serial.db"), "--db", path("all.db")}).exit_code, 0);
}

TEST_F(PlannedTasks, ListsTheRunsForAnyScript) {
  ASSERT_EQ(run({suite_, "--db", path("all.db"), "--seeds", "1", "--models", "vae"}).exit_code, 0);
  const auto list = run({suite_, "--db", path("all.db"), "--plan", "--format", "csv"});
  EXPECT_EQ(line_count(list.output), 5);
  EXPECT_THAT(list.output, HasSubstr("task,suite,comparison,dataset,model,plugin,seed,state,why,identity,"));
  EXPECT_THAT(list.output, HasSubstr("\r\n0,tiny,tiny,shift,ae,ae,0,new,"));
  EXPECT_THAT(list.output, HasSubstr("\r\n,tiny,tiny,shift,vae,vae,1,cached,"));
  // One model has an estimate now, under either seed; the other has none.
  const auto table = run({suite_, "--db", path("all.db"), "--plan"});
  EXPECT_THAT(table.output, HasSubstr("MiB"));
  EXPECT_THAT(table.errors, HasSubstr("3 of 4 runs would be done, about 0:"));
  EXPECT_THAT(table.errors, HasSubstr("without 2 that no earlier run tells of"));
  const bool several_cores = usable_cores() > 1;
  EXPECT_EQ(table.errors.find("3 of them train fully connected networks") != std::string::npos,
            several_cores);
}

TEST_F(PlannedTasks, SaysThreadsThatMakeAnotherDrawAndNoneWhereAllGiveTheSame) {
  const std::string words = "of the complete runs were made with another number of threads";
  for (const std::string family : {"mlp", "cnn-1d"}) {
    auto text = tiny_suite(model_table("ae"), "[0, 1]", 2);
    if (family != "mlp") {
      const auto network = text.find("network = {");
      ASSERT_NE(network, std::string::npos) << text;
      text.replace(network, text.find('\n', network) - network, "network = { family = \"" + family + "\" }");
    }
    const auto suite = folder_.write(family + ".toml", text).string();
    ASSERT_EQ(run({suite, "--db", path("threads.db"), "--seeds", "0"}).exit_code, 0) << family;
    const auto plan_with = [&](const std::string& threads) {
      return call({"run", suite, "--db", path("threads.db"), "--plan", "--cache-dir", path("cache"),
                   "--threads", threads})
          .errors;
    };
    EXPECT_THAT(plan_with("1"), testing::Not(HasSubstr(words)));
    const auto with_three = plan_with("3");
    EXPECT_EQ(with_three.find("1 " + words) != std::string::npos, family == "cnn-1d")
        << "a small fully connected network trains on one: " << with_three;
  }
}

TEST_F(PlannedTasks, IsCarriedOutAsAWholeWithoutTasks) {
  const auto plan = make_plan({"--seeds", "0"});
  const auto whole = call({"run", "--plan-file", plan, "--threads", "1", "--db", path("whole.db")});
  EXPECT_EQ(whole.exit_code, 0) << whole.errors;
  EXPECT_EQ(rows("whole.db", "select count(*) from runs where current"), "count(*)\r\n2\r\n");
  EXPECT_FALSE(fs::exists(path("all.db")));
}

TEST_F(PlannedTasks, WhatIsCutOffStandsUnderAnUnfinishedNameAndGoesOn) {
  suite_ = folder_.write("long.toml", tiny_suite(model_table("ae"), "[0]", 20000));
  const auto plan = make_plan();
  {
    RunningProgram task(task_arguments(plan, 0));
    ASSERT_TRUE(task.says("1 to do", std::chrono::seconds(60)));
    // Another one of the same task is kept out.
    ASSERT_TRUE(
        becomes_true([&] { return fs::exists(path("plan/tasks/0.db.part")); }, std::chrono::seconds(30)));
    const auto second = call(task_arguments(plan, 0));
    EXPECT_EQ(second.exit_code, 2);
    EXPECT_THAT(second.errors, HasSubstr("another 'rraebench run' works on it"));
    ASSERT_TRUE(trains(path("plan/tasks/0.db")));
    task.signal(SIGTERM);
    ASSERT_TRUE(task.ends_within(std::chrono::seconds(60)));
    EXPECT_EQ(task.exit_code(), 130) << task.errors();
  }
  EXPECT_TRUE(fs::exists(path("plan/tasks/0.db.part")));
  EXPECT_FALSE(fs::exists(path("plan/tasks/0.db")));
  EXPECT_NE(fs::directory_iterator(path("plan/tasks/0.db.checkpoints")), fs::directory_iterator());
  const auto again = call(task_arguments(plan, 0));
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_TRUE(fs::exists(path("plan/tasks/0.db")));
  EXPECT_FALSE(fs::exists(path("plan/tasks/0.db.part")));
  EXPECT_FALSE(fs::exists(path("plan/tasks/0.db.checkpoints")));
  EXPECT_EQ(rows("plan/tasks/0.db", "select status, attempt from run order by attempt"),
            "status,attempt\r\ninterrupted,1\r\nok,2\r\n");
}

TEST_F(PlannedTasks, AReaderOfAnUnfinishedFileIsWaitedFor) {
  const auto plan = make_plan({"--seeds", "0", "--models", "ae"});
  RunningProgram task(task_arguments(plan, 0));
  const auto part = path("plan/tasks/0.db.part");
  ASSERT_TRUE(becomes_true([&] { return fs::exists(part + "-wal"); }, std::chrono::seconds(60)));
  {
    SQLite::Database reader(part, SQLite::OPEN_READONLY);
    reader.exec("BEGIN");
    reader.execAndGet("SELECT COUNT(*) FROM sqlite_master");
    EXPECT_FALSE(task.ends_within(std::chrono::seconds(8)));
  }
  ASSERT_TRUE(task.ends_within(std::chrono::minutes(2)));
  EXPECT_EQ(task.exit_code(), 0) << task.errors();
  EXPECT_EQ(rows("plan/tasks/0.db", "select status from run"), "status\r\nok\r\n");
}

TEST_F(PlannedTasks, AForcedPlanDoesWhatIsComplete) {
  const std::vector<std::string> one = {suite_, "--db", path("all.db"), "--seeds", "0", "--models", "ae"};
  ASSERT_EQ(run(one).exit_code, 0);
  const auto plan = make_plan({"--seeds", "0", "--models", "ae", "--force"});
  EXPECT_EQ(call({"run", "--plan-file", plan, "--threads", "1", "--db", path("all.db")}).exit_code, 0);
  EXPECT_EQ(rows("all.db", "select attempt from run order by 1"), "attempt\r\n1\r\n2\r\n");
}

TEST_F(PlannedTasks, ALinkToADatabaseIsTheDatabase) {
  for (const char* name : {"real", "link"}) fs::create_directory(path(name));
  fs::create_symlink(path("real/r.db"), path("link/r.db"));
  const std::vector<std::string> one = {suite_,     "--db", path("link/r.db"), "--seeds", "0",
                                        "--models", "ae",   "--keep",          "weights"};
  ASSERT_EQ(run(one).exit_code, 0);
  auto planned = one;
  planned.emplace_back("--plan");
  EXPECT_THAT(run(planned).errors, HasSubstr("0 of 1 run"));
  EXPECT_EQ(call({"export", "1", "--what", "weights", "--output", path("out"), "--db", path("link/r.db")})
                .exit_code,
            0);
}

/// With an sbatch of the test's own before all others.
class Submitting : public PlannedTasks {
 protected:
  void use_sbatch(const std::string& script) {
    const auto file = folder_.write("bin/sbatch", "#!/bin/sh\n" + script);
    fs::permissions(file, fs::perms::owner_all);
    path_.emplace("PATH", (path("bin") + ":" + std::getenv("PATH")).c_str());
  }
  std::vector<std::string> submission() const {
    return {"slurm", "submit", suite_, "--db",        path("all.db"), "--cache-dir", path("cache"),  "--time",
            "10m",   "--mem",  "1G",   "--partition", "short",        "--folder",    path("cluster")};
  }

  std::optional<EnvironmentVariable> path_;
};

TEST_F(Submitting, WhatSlurmRefusesIsSubmittedLaterAsItWasMeant) {
  ASSERT_EQ(run({suite_, "--db", path("all.db"), "--seeds", "0", "--models", "ae"}).exit_code, 0);
  const auto figures = rows("all.db", "select count(*) from figures");
  suite_ = folder_.write("tiny.toml", tiny_suite(model_table("ae"), "[0]", 31)).string();
  use_sbatch("echo 'invalid account' >&2; exit 1\n");
  const auto refused = call(submission());
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("invalid account; 0 of 2 jobs were submitted"));
  EXPECT_EQ(rows("all.db", "select count(*) from figures"), figures) << "what counted counts";
  const auto later = call({"slurm", "resubmit", path("cluster"), "--print"});
  for (const char* line : {"--time=", "--mem=1024M", "--partition=short"})
    EXPECT_THAT(later.output, HasSubstr(line)) << later.errors;
}

TEST_F(Submitting, AJobThatSlurmHasTakenIsKnownWhateverStopsTheProgram) {
  use_sbatch("echo >> " + path("called") + "; sleep 2; echo 41\n");
  RunningProgram program(submission());
  ASSERT_TRUE(becomes_true([&] { return fs::exists(path("called")); }, std::chrono::seconds(60)));
  program.signal(SIGINT);
  ASSERT_TRUE(program.ends_within(std::chrono::seconds(60)));
  EXPECT_EQ(program.exit_code(), 130) << program.errors();
  EXPECT_THAT(program.errors(), HasSubstr("1 of 2 jobs were submitted"));
  EXPECT_THAT(read_file(path("cluster/submissions.jsonl")), HasSubstr("\"41\""));
}

TEST_F(PlannedTasks, AreChosenWithBlanksAfterCommas) {
  const auto plan = make_plan({"--models", "ae, vae", "--seeds", "0, 3"});
  EXPECT_EQ(nlohmann::json::parse(read_file(plan)).at("tasks"), 4);
}

TEST_F(PlannedTasks, AreChosenByPatterns) {
  const auto plan = make_plan({"--models", "v*", "--seeds", "0,3"});
  EXPECT_EQ(nlohmann::json::parse(read_file(plan)).at("tasks"), 2);
}

TEST_F(PlannedTasks, ArePlannedWhereTheirDeviceIsNot) {
  if (fs::exists("/dev/nvidiactl")) GTEST_SKIP() << "there may be a GPU";
  const auto for_gpus = make_plan({"--device", "cuda"});
  EXPECT_EQ(nlohmann::json::parse(read_file(for_gpus)).at("tasks"), 4);
  const auto here = run({suite_, "--db", path("all.db"), "--plan", "--device", "cuda"});
  EXPECT_EQ(here.exit_code, 2);
  EXPECT_THAT(here.errors, HasSubstr("this LibTorch finds no GPU"));
}

TEST_F(PlannedTasks, AreRefusedOnAProcessorThatLacksTheirPrecision) {
  if (processor_has_bfloat16()) GTEST_SKIP() << "this one has bfloat16";
  const auto plan = make_plan({"--precision", "bfloat16"});
  const auto result = call(task_arguments(plan, 0));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors,
              HasSubstr("precision is bfloat16, for which this processor has no instructions"));
  EXPECT_EQ(line_count(result.errors), 1) << result.errors;
  EXPECT_FALSE(fs::exists(path("plan/tasks/0.db")));
}

TEST_F(PlannedTasks, AreNotPlannedWithAPrecisionThatTheirDeviceCannotHave) {
  const auto on_processors =
      run({suite_, "--db", path("all.db"), "--plan", "--format", "json", "--precision", "tf32"});
  EXPECT_EQ(on_processors.exit_code, 2);
  EXPECT_THAT(on_processors.errors, HasSubstr("precision is tf32, which GPUs alone have; use --device cuda"));
  const auto on_gpus =
      nlohmann::json::parse(read_file(make_plan({"--device", "cuda", "--precision", "tf32"})));
  EXPECT_EQ(on_gpus.at("tasks"), 4);
}

TEST_F(PlannedTasks, RefusesWhatThePlanHasSettled) {
  const auto plan = make_plan();
  for (const auto& [more, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--seeds", "3"}, "--seeds was settled"},
           {{"--timeout", "3s"}, "--timeout was settled"},
           {{suite_}, "either suites or --plan-file"},
           {{"--task", "9"}, "has no task 9"}}) {
    std::vector<std::string> arguments = {"run", "--plan-file", plan};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = call(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
  }
  EXPECT_THAT(run({suite_, "--task", "1"}).errors, HasSubstr("--task is of --plan-file"));
  EXPECT_THAT(run({suite_, "--format", "csv"}).errors, HasSubstr("--format is of --plan"));
  EXPECT_FALSE(fs::exists(path("all.db")));
}

}  // namespace
}  // namespace rraebench
