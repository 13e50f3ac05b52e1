// However the program is asked to stop, or ended, it comes to an end within seconds, its workers with it, and
// the same command goes on.
#include "host/common/child_processes.hpp"
#include "host/common/file_lock.hpp"
#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"
#include "running_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>

namespace rraebench {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFailingPlugin = "bad-fails.so";

class Stopping : public testing::Test {
 protected:
  std::vector<std::string> arguments(const std::string& models, const std::vector<std::string>& more = {}) {
    const auto suite = folder_.write("suite.toml", tiny_suite(models, "[0]", 200'000));
    std::vector<std::string> words = {"run",   suite,          "--db",      database(),  "--cache-dir",
                                      cache(), "--plugin-dir", kBadPlugins, "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static std::string failing(const std::string& where, const std::string& way) {
    return model_table("bad-fails", "latent = 2, where = \"" + where + "\", way = \"" + way + "\"");
  }
  std::string database() const { return (folder_ / "results.db").string(); }
  /// One for all tests: what plugins say of themselves is asked once.
  static std::string cache() {
    static const TemporaryFolder folder;
    return folder.path().string();
  }

  /// The worker of the run, once it is there.
  pid_t worker_of(pid_t program) const {
    pid_t worker = -1;
    becomes_true(
        [&] {
          for (const auto process : processes_with(mark_)) {
            const auto command = command_of(process);
            if (process != program && command.find("rraebench-worker run ") != std::string::npos)
              worker = process;
          }
          return worker > 0;
        },
        seconds(120));
    return worker;
  }

  /// Of the last run.
  std::string status() const {
    return query_value(database(), "select status from run order by id desc limit 1");
  }

  std::string mark_ = mark_children(testing::UnitTest::GetInstance()->current_test_info()->name());
  TemporaryFolder folder_;
};

TEST_F(Stopping, EverySignalSavesTheWork) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    RunningProgram program(arguments(model_table("ae")));
    ASSERT_GT(worker_of(program.process()), 0);
    ASSERT_TRUE(trains(database())) << program.errors();
    program.signal(signal);
    ASSERT_TRUE(program.ends_within(seconds(30))) << signal;
    EXPECT_EQ(program.exit_code(), 130) << program.errors();
    EXPECT_EQ(status(), "interrupted");
    EXPECT_TRUE(all_gone(mark_, seconds(5)));
    EXPECT_FALSE(std::filesystem::is_empty(database() + ".checkpoints")) << signal;
  }
}

TEST_F(Stopping, AWholeGroupThatIsSignalledTwiceSavesTheWork) {
  RunningProgram program(arguments(model_table("ae")));
  const auto worker = worker_of(program.process());
  ASSERT_GT(worker, 0);
  ASSERT_TRUE(trains(database())) << program.errors();
  for (int times = 0; times < 3; ++times) {
    ::kill(worker, SIGTERM);
    program.signal(SIGTERM);
  }
  ASSERT_TRUE(program.ends_within(seconds(30)));
  EXPECT_EQ(program.exit_code(), 130) << program.errors();
  EXPECT_EQ(status(), "interrupted");
  EXPECT_FALSE(std::filesystem::is_empty(database() + ".checkpoints"));
}

TEST_F(Stopping, AWorkerThatAnotherProcessEndsIsCutOffAndNotComplete) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    RunningProgram program(arguments(model_table("ae")));
    const auto worker = worker_of(program.process());
    ASSERT_GT(worker, 0);
    ASSERT_TRUE(trains(database())) << program.errors();
    ::kill(worker, signal);
    ASSERT_TRUE(program.ends_within(seconds(30)));
    EXPECT_EQ(program.exit_code(), 1) << program.errors();
    EXPECT_EQ(status(), "interrupted");
  }
}

TEST_F(Stopping, HangingPluginsAndSuspendedWorkersEndWithinSeconds) {
  for (const auto& models : {failing("constructor", "hang"), failing("loss", "hang-blocked"),
                             failing("loss", "stop-itself"), failing("finalise", "hang-ignoring")}) {
    RunningProgram program(arguments(models));
    const auto worker = worker_of(program.process());
    ASSERT_GT(worker, 0);
    ASSERT_TRUE(hangs(worker, kFailingPlugin)) << models;
    program.signal(SIGTERM);
    EXPECT_TRUE(program.ends_within(seconds(15))) << models;
    EXPECT_TRUE(all_gone(mark_, seconds(5))) << models;
  }
}

TEST_F(Stopping, APluginThatCannotBeLoadedHoldsNobodyUp) {
  const auto suite = folder_.write("suite.toml", tiny_suite(model_table("ae")));
  const std::string file = std::string(kHangingPlugins) + "/bad-hangs-when-loaded.so";
  const std::vector<std::vector<std::string>> questions = {
      {"run", suite, "--db", database(), "--plugin-dir", kHangingPlugins, "--cache-dir", cache()},
      {"list", "models", "--plugin-dir", kHangingPlugins},
      {"check-plugin", file}};
  for (const auto& question : questions)
    for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
      RunningProgram program(question);
      ASSERT_TRUE(becomes_true(
          [&] {
            for (const auto process : processes_with(mark_))
              if (command_of(process).find(file) != std::string::npos) return true;
            return false;
          },
          seconds(60)));
      program.signal(signal);
      EXPECT_TRUE(program.ends_within(seconds(8))) << question[0] << ", signal " << signal;
      EXPECT_NE(program.exit_code(), 0);
      EXPECT_TRUE(all_gone(mark_, seconds(8))) << question[0] << ", signal " << signal;
    }
}

TEST_F(Stopping, ASecondInterruptEndsTheProgramAtOnce) {
  RunningProgram program(arguments(failing("loss", "hang-blocked")));
  const auto worker = worker_of(program.process());
  ASSERT_GT(worker, 0);
  ASSERT_TRUE(hangs(worker, kFailingPlugin));
  program.signal(SIGINT);
  program.signal(SIGINT);  // The same wish.
  EXPECT_FALSE(program.ends_within(seconds(1)));
  program.signal(SIGINT);
  EXPECT_TRUE(program.ends_within(seconds(5)));
  EXPECT_EQ(program.exit_code(), -SIGINT);
  EXPECT_TRUE(all_gone(mark_, seconds(20)));
}

TEST_F(Stopping, WorkersEndWithAProgramThatIsKilled) {
  const std::vector<std::pair<std::string, bool>> cases = {{model_table("ae"), false},
                                                           {failing("constructor", "hang"), true},
                                                           {failing("loss", "hang-blocked"), true},
                                                           {failing("finalise", "hang-ignoring"), true},
                                                           {failing("constructor", "fork-session"), false}};
  for (const auto& [models, is_to_hang] : cases) {
    {
      RunningProgram program(arguments(models));
      const auto worker = worker_of(program.process());
      ASSERT_GT(worker, 0);
      ASSERT_TRUE(is_to_hang ? hangs(worker, kFailingPlugin) : trains(database())) << models;
      program.signal(SIGKILL);
      ASSERT_TRUE(program.ends_within(seconds(5)));
    }
    EXPECT_TRUE(all_gone(mark_, seconds(20))) << models;
  }
}

TEST_F(Stopping, ASuspendedWorkerEndsWithAProgramThatIsKilled) {
  // The parent of the worker then, in its session, as the first process of a container may be: without it the
  // kernel would wake the group.
  adopt_orphans();
  for (const auto& models : {model_table("ae"), failing("loss", "hang-ignoring")}) {
    RunningProgram program(arguments(models));
    const auto worker = worker_of(program.process());
    ASSERT_GT(worker, 0);
    ASSERT_TRUE(models == model_table("ae") ? trains(database()) : hangs(worker, kFailingPlugin))
        << program.errors();
    ASSERT_EQ(::kill(worker, SIGSTOP), 0);
    program.signal(SIGKILL);
    ASSERT_TRUE(program.ends_within(seconds(5)));
    EXPECT_TRUE(all_gone(mark_, seconds(60))) << models;
  }
  EXPECT_FALSE(std::filesystem::is_empty(database() + ".checkpoints"));  // The one that could saved its work.
  for (const auto process : processes_with(mark_)) ::kill(process, SIGKILL);
}

TEST_F(Stopping, FailFastLeavesTheOthersToTheNextCommand) {
  const auto words = arguments(model_table("ae") + failing("loss", "throw"), {"--fail-fast", "--jobs", "2"});
  const auto result = call(words);
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_EQ(query_csv(database(), "select model, status from run order by model"),
            "model,status\r\nae,interrupted\r\nbad-fails,error\r\n");
}

TEST_F(Stopping, AResultThatCannotBeStoredKeepsItsTrainedModel) {
  const auto suite = folder_.write("suite.toml", tiny_suite(model_table("ae"), "[0]", 20'000));
  const std::vector<std::string> words = {"run",         suite,   "--db",      database(),
                                          "--cache-dir", cache(), "--threads", "1"};
  {
    RunningProgram program(words);
    ASSERT_GT(worker_of(program.process()), 0);
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(database() + end);
    ASSERT_TRUE(program.ends_within(seconds(60)));
    EXPECT_GT(program.exit_code(), 0);
    EXPECT_THAT(program.errors(), HasSubstr("results.db"));
    EXPECT_THAT(program.errors(), Not(HasSubstr("complete: rraebench report")));
  }
  EXPECT_FALSE(std::filesystem::is_empty(database() + ".checkpoints"));
  EXPECT_EQ(call(words).exit_code, 0);
  EXPECT_EQ(status(), "ok");
  EXPECT_FALSE(std::filesystem::exists(database() + ".checkpoints"));
}

TEST_F(Stopping, AFullDiskIsAFaultThatTheSameCommandTriesAgain) {
  const auto suite = folder_.write("suite.toml", tiny_suite(model_table("ae")));
  const auto checkpoints = database() + ".checkpoints";
  std::filesystem::create_directory(checkpoints);
  const std::string words =
      "run " + suite.string() + " --db " + database() + " --cache-dir " + cache() + " --threads 1";
  const auto small = ask_worker("/bin/sh",
                                {"-c", "exec unshare -rm sh -c 'mount -t tmpfs -o size=16k none " +
                                           checkpoints + " || exit 77; exec " + kProgram + " " + words + "'"},
                                "");
  if (small.exit.exit_code == 77 || small.errors.find("unshare") != std::string::npos)
    GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(small.exit.exit_code, 1) << small.errors;
  EXPECT_THAT(small.errors, HasSubstr(".pt: cannot be written: no space left on the disk"));
  EXPECT_EQ(status(), "error");
  EXPECT_EQ(ask_worker("/bin/sh", {"-c", std::string(kProgram) + " " + words}, "").exit.exit_code, 0);
  EXPECT_EQ(status(), "ok");
}

TEST_F(Stopping, TheWaitForWhatAnotherProcessMakesIsSaid) {
  const TemporaryFolder kept;
  const auto suite = folder_.write("suite.toml", tiny_suite(model_table("ae"), "[0]"));
  const std::vector<std::string> words = {
      "run", suite, "--db", database(), "--force", "--cache-dir", kept.path().string(), "--threads", "1"};
  ASSERT_EQ(call(words).exit_code, 0);
  std::vector<std::unique_ptr<FileLock>> held;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kept.path())) {
    if (entry.path().extension() != ".lock") continue;
    held.push_back(std::make_unique<FileLock>(entry.path()));
    auto file = entry.path();
    std::filesystem::remove(file.replace_extension());
  }
  ASSERT_FALSE(held.empty());
  RunningProgram program(words);
  EXPECT_TRUE(program.says("seed 0: waiting for " + kept.path().string(), seconds(30))) << program.errors();
  EXPECT_THAT(program.errors(), HasSubstr(" holds"));
  held.clear();
  ASSERT_TRUE(program.ends_within(seconds(60)));
  EXPECT_EQ(program.exit_code(), 0) << program.errors();
}

TEST_F(Stopping, TheWaitForAnotherDownloadIsSaid) {
  const auto data = folder_ / "mnist";
  std::filesystem::create_directory(data);
  auto held = std::make_unique<FileLock>(data);
  RunningProgram program(
      {"download", "mnist", "--mirror", "http://127.0.0.1:1", "--data-dir", folder_.path().string()});
  EXPECT_TRUE(program.says("waiting for " + data.string(), seconds(30))) << program.errors();
  EXPECT_THAT(program.errors(), Not(HasSubstr("could not be had")));
  held.reset();
  ASSERT_TRUE(program.ends_within(seconds(60)));
  EXPECT_THAT(program.errors(), HasSubstr("could not be had"));
}

TEST_F(Stopping, ARunWithoutProgressIsSaid) {
  RunningProgram program(arguments(failing("loss", "hang")));
  EXPECT_TRUE(program.says("seed 0: no progress for 1:0", seconds(200))) << program.errors();
  program.signal(SIGINT);
  EXPECT_TRUE(program.ends_within(seconds(15)));
}

}  // namespace
}  // namespace rraebench
