// Whatever a plugin does in whatever call, it costs its own run alone: one row that says how it ended, the
// rest of the suite complete, and nothing left behind.
#include "program.hpp"
#include "program_paths.hpp"
#include "running_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Failure {
  const char* where;
  const char* way;
  const char* status;
  const char* message;  // A part of it.
};

constexpr Failure kFailures[] = {
    {"constructor", "throw", "error", "this model refuses"},
    {"constructor", "throw-int", "error", "threw int"},
    {"constructor", "exit-0", "crash", "ended by itself"},
    {"constructor", "abort", "crash", "signal 6"},
    {"constructor", "hang", "timeout", "past its limit"},
    {"constructor", "close", "crash", "exit code"},
    {"constructor", "fork", "ok", ""},
    {"constructor", "fork-session", "ok", ""},
    {"constructor", "print", "ok", ""},
    {"groups", "throw", "error", "this model refuses"},
    {"groups", "quit-0", "crash", "exit code 0"},
    {"loss", "throw", "error", "this model refuses"},
    {"loss", "throw-nothing-to-say", "error", "gave no reason"},
    {"loss", "throw-much", "error", "xxx"},
    {"loss", "throw-controls", "error", "\\x1b[2Jcleared"},
    {"loss", "throw-in-thread", "crash", "signal 6"},
    {"loss", "exit-3", "crash", "exit code 3"},
    {"loss", "exec-true", "crash", "exit code 0"},
    {"loss", "exec-sleep", "timeout", "past its limit"},
    {"loss", "segfault", "crash", ""},
    {"loss", "spin", "timeout", "past its limit"},
    {"loss", "hang-blocked", "timeout", "past its limit"},
    {"loss", "write-rubbish", "error", "a line that is no event: 'this is no event'"},
    {"loss", "write-depth", "error", "nested too deeply"},
    {"loss", "write-absurd", "error", "no whole one of 64 bits"},
    {"loss", "write-line-for-ever", "error", "a line without end"},
    {"loss", "terminate-itself", "interrupted", "another process"},
    {"loss", "kill-itself", "interrupted", "another process"},
    {"loss", "stop-itself", "timeout", "past its limit"},
    {"loss", "not-finite", "diverged", "not finite at step 1"},
    {"loss", "undefined", "error", ""},
    {"loss", "wrong-shape", "error", ""},
    {"backward", "throw", "error", "this model refuses"},
    {"backward", "throw-int", "error", ""},
    {"backward", "segfault", "crash", ""},
    {"after-step", "throw", "error", "this model refuses"},
    {"after-step", "divide", "crash", ""},
    {"after-step", "print-for-ever", "timeout", "past its limit"},
    {"finalise", "throw", "error", "this model refuses"},
    {"finalise", "hang-ignoring", "timeout", "past its limit"},
    {"finalise", "end-thread", "crash", ""},
    {"finalise", "fork-session", "ok", ""},
    {"encode", "throw", "error", "this model refuses"},
    {"encode", "abort", "crash", "signal 6"},
    {"encode", "hang", "timeout", "past its limit"},
    {"encode", "overflow", "crash", ""},
    {"encode", "wrong-shape", "error", "encode() returned"},
    {"encode", "wrong-type", "error", ""},
    {"encode", "undefined", "error", "encode() returned nothing"},
    {"encode", "not-finite", "diverged", "encode() returned values that are not finite"},
    {"decode", "throw", "error", "this model refuses"},
    {"decode", "exit-0", "crash", "ended by itself"},
    {"decode", "wrong-shape", "error", "decode() returned"},
    {"decode", "undefined", "error", "decode() returned nothing"},
    {"decode", "not-finite", "diverged", "decode() returned values that are not finite"},
    {"latent", "throw", "error", "this model refuses"},
    {"latent", "segfault", "crash", ""},
    {"latent", "wrong-shape", "error", ""},
    {"posterior", "throw", "error", "this model refuses"},
    {"posterior", "undefined", "error", ""},
    {"posterior", "not-finite", "diverged", "not finite"},
    {"prior", "throw", "error", "this model refuses"},
    {"prior", "wrong-shape", "error", ""},
    {"prior", "not-finite", "diverged", "not finite"},
#ifdef __SANITIZE_ADDRESS__  // Which takes all address space for itself: there is no limit.
    {"loss", "throw-bad-alloc", "oom", "out of memory"},
#else
    {"loss", "throw-bad-alloc", "oom", "the limit is 3.0 GiB"},
    {"loss", "allocate", "oom", "the limit is 3.0 GiB (--memory)"},
    {"encode", "allocate-at-once", "oom", "the limit is 3.0 GiB (--memory)"},
#endif
};

/// What the rehearsal before training cannot know.
constexpr Failure kLateFailures[] = {
    {"finalise", "throw", "error", "this model refuses"},
    {"finalise", "hang", "timeout", "ran past its limit of 45 s"},
    {"finalise", "kill-itself", "interrupted", "another process"},
    {"encode", "throw", "error", "this model refuses"},
    {"encode", "kill-itself", "interrupted", "another process"},
    {"decode", "segfault", "crash", ""},
    {"decode", "not-finite", "diverged", "decode() returned values that are not finite"},
    {"posterior", "throw", "error", "this model refuses"},
    {"prior", "exit-3", "crash", "exit code 3"},
#ifndef __SANITIZE_ADDRESS__
    {"latent", "allocate-at-once", "oom", "the limit is 3.0 GiB (--memory)"},
#endif
};

constexpr int kSteps = 30;

std::string label_of(const Failure& failure) {
  return std::string(failure.where) + ": " + failure.way;
}

std::string path_of(const TemporaryFolder& folder, const std::string& name) {
  return (folder / name).string();
}

template <std::size_t kCount>
std::string suite_of(const Failure (&failures)[kCount], const std::string& when = "") {
  std::string models = "[[comparison.models]]\nplugin = \"ae\"\noptions = { latent = 2 }\n";
  for (const auto& failure : failures)
    models += "[[comparison.models]]\nplugin = \"bad-fails\"\nlabel = \"" + label_of(failure) +
              "\"\noptions = { latent = 2, where = \"" + failure.where + "\", way = \"" + failure.way + "\"" +
              when + " }\n";
  return tiny_suite(models, "[0]", kSteps);
}

/// Label to "status|message".
std::map<std::string, std::string> ends_of(const std::string& database) {
  const auto result = call({"query", "select label || '|' || status || '|' || message as ends from run",
                            "--db", database, "--format", "csv"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  std::map<std::string, std::string> ends;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line[0] == '"') line = line.substr(1);
    const auto end = line.find('|');
    if (end == std::string::npos) continue;
    EXPECT_TRUE(ends.emplace(line.substr(0, end), line.substr(end + 1)).second) << line;
  }
  return ends;
}

std::vector<std::string> command_for(const std::filesystem::path& suite, const TemporaryFolder& folder,
                                     const std::string& limit) {
  std::vector<std::string> command = {"run",          suite.string(),
                                      "--db",         path_of(folder, "results.db"),
                                      "--plugin-dir", kBadPlugins,
                                      "--cache-dir",  path_of(folder, "cache"),
                                      "--threads",    "1",
                                      "--jobs",       "4",
                                      "--timeout",    limit};
#ifndef __SANITIZE_ADDRESS__
  command.insert(command.end(), {"--memory", "3G"});
#endif
  return command;
}

TEST(EveryFailure, IsOneRowOfTheRightKindAndLeavesNothingBehind) {
  const auto mark = mark_children("every-failure");
  const TemporaryFolder folder;
  const auto file = folder.write("failures.toml", suite_of(kFailures));
  const auto database = path_of(folder, "results.db");
  const auto started = std::chrono::steady_clock::now();
  const auto result = call(command_for(file, folder, "15s"));
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::minutes(10));

  const auto ends = ends_of(database);
  EXPECT_EQ(ends.size(), std::size(kFailures) + 1);
  EXPECT_EQ(ends.count("ae"), 1U);
  for (const auto& failure : kFailures) {
    const auto found = ends.find(label_of(failure));
    ASSERT_NE(found, ends.end()) << label_of(failure);
    EXPECT_EQ(found->second.find(failure.status), 0U) << label_of(failure) << ": " << found->second;
    EXPECT_THAT(found->second, HasSubstr(failure.message)) << label_of(failure);
    EXPECT_LT(found->second.size(), 700U) << label_of(failure);
  }
  EXPECT_EQ(ends.at("ae"), "ok|");
  EXPECT_THAT(result.errors, Not(HasSubstr("\033")));

  EXPECT_TRUE(all_gone(mark, std::chrono::seconds(5)));
  // Only what is to go on.
  int checkpoints = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(database + ".checkpoints", none)) {
    EXPECT_EQ(entry.path().extension(), ".pt") << entry.path();
    ++checkpoints;
  }
  EXPECT_LE(checkpoints, 2);
}

nlohmann::json rows_of(const std::string& database, const std::string& sql) {
  const auto result = call({"query", sql, "--db", database, "--format", "json"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  return nlohmann::json::parse(result.output);
}

/// The first row of the label; with nothing in it where there is none.
nlohmann::json row_of(const nlohmann::json& rows, const std::string& label) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const nlohmann::json& row) { return row.at("label") == label; });
  return found == rows.end() ? nlohmann::json::object() : *found;
}

TEST(EveryFailure, AfterTrainingKeepsTheStepsOfWhatGoesOnAlone) {
  const TemporaryFolder folder;
  auto command = command_for(folder.write("late.toml", suite_of(kLateFailures, ", after_training = true")),
                             folder, "45s");
  // After each step, so that what is cut off in finalise() need not be trained again.
  command.insert(command.end(), {"--checkpoint-every", "0.000001s"});
  const auto result = call(command);
  EXPECT_EQ(result.exit_code, 1) << result.errors;

  const auto database = path_of(folder, "results.db");
  const std::filesystem::path checkpoints = database + ".checkpoints";
  const auto rows = rows_of(
      database,
      "select label, status, message, train_steps, identity, "
      "(select max(step) from curve where run_id = run.id and series = 'loss') as last_step from run");
  ASSERT_EQ(rows.size(), std::size(kLateFailures) + 1) << rows;
  std::set<std::string> cut_off;
  std::set<std::string> met_limits;
  for (const auto& failure : kLateFailures) {
    const auto row = row_of(rows, label_of(failure));
    ASSERT_FALSE(row.empty()) << label_of(failure);
    EXPECT_EQ(row.at("status"), failure.status) << row;
    const auto message = row.at("message").get<std::string>();
    EXPECT_THAT(message, AllOf(HasSubstr(failure.message), Not(HasSubstr("\n")), Not(IsEmpty()))) << row;
    EXPECT_EQ(row.at("last_step"), kSteps) << "it had trained: " << row;
    EXPECT_EQ(row.at("train_steps"), kSteps) << row;
    const bool is_cut_off = row.at("status") == "interrupted";
    const bool met_limit = row.at("status") == "timeout" || row.at("status") == "oom";
    if (is_cut_off) cut_off.insert(label_of(failure));
    if (met_limit) met_limits.insert(label_of(failure));
    EXPECT_EQ(message.find("; --retry goes on from its last checkpoint") != std::string::npos, met_limit)
        << row;
    const bool goes_on = is_cut_off || met_limit;
    EXPECT_EQ(std::filesystem::exists(checkpoints / (row.at("identity").get<std::string>() + ".pt")), goes_on)
        << row;
  }
  EXPECT_EQ(rows_of(database, "select distinct label from figures"), nlohmann::json({{{"label", "ae"}}}))
      << "what a failed run had measured counts nowhere";

  // What was cut off is taken up; trained anew it would end as before. No model's own failure is repeated.
  EXPECT_EQ(call(command).exit_code, 1);
  const std::string went_well =
      "select label, train_steps from run where attempt > 1 and status = 'ok' order by label";
  const auto taken_up = [](const nlohmann::json& attempts) {
    std::set<std::string> labels;
    for (const auto& row : attempts) {
      labels.insert(row.at("label"));
      EXPECT_EQ(row.at("train_steps"), kSteps) << row;
    }
    return labels;
  };
  EXPECT_EQ(taken_up(rows_of(database, went_well)), cut_off);
  EXPECT_EQ(query_value(database, "select count(*) from run where attempt > 1"),
            std::to_string(cut_off.size()));

  // Asked for, so is what met a limit; all else begins anew, and fails as before.
  command.push_back("--retry");
  EXPECT_EQ(call(command).exit_code, 1);
  cut_off.insert(met_limits.begin(), met_limits.end());
  EXPECT_EQ(taken_up(rows_of(database, went_well)), cut_off);
  EXPECT_EQ(query_value(database, "select count(*) from run where attempt = 2 and status <> 'ok'"),
            std::to_string(std::size(kLateFailures) - cut_off.size()));
  EXPECT_FALSE(std::filesystem::exists(checkpoints));
}

TEST(EveryFailure, BeforeACheckpointWasDueLeavesNoneToGoOnFrom) {
  const TemporaryFolder folder;
  constexpr Failure kCutOff[] = {{"finalise", "kill-itself", "interrupted", ""}};
  auto command =
      command_for(folder.write("late.toml", suite_of(kCutOff, ", after_training = true")), folder, "2m");
  command.insert(command.end(), {"--checkpoint-every", "1h", "--models", "bad-fails"});
  for (int attempt = 1; attempt <= 2; ++attempt) {
    EXPECT_EQ(call(command).exit_code, 1);
    EXPECT_FALSE(std::filesystem::exists(path_of(folder, "results.db.checkpoints")));
  }
  EXPECT_EQ(rows_of(path_of(folder, "results.db"), "select distinct status from run"),
            nlohmann::json({{{"status", "interrupted"}}}))
      << "trained anew, it is cut off as before";
}

}  // namespace
}  // namespace rraebench
