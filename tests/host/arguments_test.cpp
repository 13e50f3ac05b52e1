// What is said of arguments that repeat or contradict each other, are empty, or hold what a terminal or a
// shell would take for its own: one line, exit code 2, before anything is read or written.
#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"
#include "reports/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kStrange = "b\xff\x1b[31m\u202ed";  // No UTF-8, a colour, text from right to left.

struct Slip {
  std::vector<std::string> arguments;
  std::string expected;
};

void expect_refused(const std::vector<Slip>& slips) {
  for (const auto& [arguments, expected] : slips) {
    const auto result = call(arguments);
    const auto command = testing::PrintToString(arguments);
    EXPECT_EQ(result.exit_code, 2) << command;
    EXPECT_EQ(line_count(result.errors), 1) << command << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(expected)) << command;
    EXPECT_EQ(valid_utf8(result.errors), result.errors) << command;
    EXPECT_THAT(result.errors, Not(HasSubstr("\x1b"))) << command;
    EXPECT_THAT(result.errors, Not(HasSubstr("exception"))) << command;
    EXPECT_EQ(result.output, "") << command;
  }
}

TEST(Arguments, EmptyOnesAreRefused) {
  expect_refused({
      {{"run", "quick", "--models", ""}, "--models is empty; give it a value or leave it out"},
      {{"run", "quick", "--models", ","}, "--models ',': a name between commas is missing"},
      {{"run", "quick", "--models", "ae,"}, "--models 'ae,': a name between commas is missing"},
      {{"run", "quick", "--models", "ae, "}, "--models 'ae, ': a name between commas is missing"},
      {{"report", "--interval", "0.95"}, "--interval is '0.95' but must be a percentage, from 1"},
      {{"run", "quick", "--datasets", ""}, "--datasets is empty"},
      {{"run", "quick", "--comparison", ""}, "--comparison is empty"},
      {{"run", "quick", "--datasets", ",shift"}, "--datasets ',shift': a name between commas is missing"},
      {{"run", "quick", "--seeds", ""}, "--seeds is empty"},
      {{"run", "quick", "--seeds", "1,,2"}, "--seeds '1,,2'"},
      {{"run", "quick", "--jobs", ""}, "--jobs is empty"},
      {{"run", "quick", "--jobs="}, "--jobs needs a value"},
      {{"run", "quick", "--jobs"}, "--jobs needs a value"},
      {{"run", "quick", "-j"}, "--jobs needs a value"},
      {{"run", "quick", "--threads", ""}, "--threads is empty"},
      {{"run", "quick", "--scale", ""}, "--scale is empty"},
      {{"run", "quick", "--timeout", ""}, "--timeout is empty"},
      {{"run", "quick", "--memory", ""}, "--memory is empty"},
      {{"run", "quick", "--checkpoint-every", ""}, "--checkpoint-every is empty"},
      {{"run", "quick", "--db", ""}, "--db is empty"},
      {{"run", "quick", "--device", ""}, "--device is empty"},
      {{"run", "quick", "--data-dir", ""}, "--data-dir is empty"},
      {{"run", "quick", "--cache-dir", ""}, "--cache-dir is empty"},
      {{"run", "quick", "--plugin-dir", ""}, "--plugin-dir is empty"},
      {{"run", ""}, "an argument is empty; usage: rraebench run"},
      {{"report", ""}, "an argument is empty"},
      {{"report", "--output", ""}, "--output is empty"},
      {{"report", "--format", ""}, "--format is empty"},
      {{"query", ""}, "an argument is empty"},
      {{"query", "--view", ""}, "--view is empty"},
      {{"merge", ""}, "an argument is empty"},
      {{"merge", "a.db", "--prefer", ""}, "--prefer is empty"},
      {{"explain", ""}, "an argument is empty"},
      {{"explain", "1", "--suite", ""}, "--suite is empty"},
      {{"rerun", "", "--verify"}, "an argument is empty"},
      {{"statistics", "quick", "--output", ""}, "--output is empty"},
      {{"export", "1", "--what", ""}, "--what is empty"},
      {{"score", "--label", ""}, "--label is empty"},
      {{"run", "quick", "--keep", "weights,,samples"}, "a name between commas is missing"},
      {{"new-plugin", ""}, "an argument is empty"},
      {{"new-plugin", "mine", "--output", ""}, "--output is empty"},
      {{"check-plugin", ""}, "an argument is empty"},
      {{"doctor", "--db", ""}, "--db is empty"},
      {{"download", ""}, "an argument is empty"},
      {{"download", "mnist", "--mirror", ""}, "--mirror is empty"},
      {{"list", ""}, "an argument is empty"},
      {{"list", "datasets", "--data-dir", ""}, "--data-dir is empty"},
  });
}

TEST(Arguments, RepetitionAndContradictionAreRefused) {
  expect_refused({
      {{"doctor", "--db", "a.db", "--db", "b.db"}, "--db is given more than once; give it once"},
      {{"run", "quick", "--seeds", "1", "--seeds", "2"}, "--seeds is given more than once"},
      {{"run", "quick", "-j", "1", "--jobs", "2"}, "--jobs is given more than once"},
      {{"run", "quick", "--plan", "--plan"}, "--plan is given more than once"},
      {{"run", "quick", "--plan=yes"}, "--plan takes no value"},
      {{"run", "quick", "quick"}, "suite 'quick' is given twice"},
      {{"run", "quick", "--models", "ae", "--models", "ae"}, "--models 'ae' is given twice"},
      {{"run", "quick", "--models", "ae,vae,ae"}, "model 'ae' is asked for twice"},
      {{"run", "quick", "--models", "x*"}, "model 'x*' is in none of these suites"},
      {{"run", "quick", "--comparison", "x*"}, "comparison 'x*' is in none of these suites"},
      {{"run", "quick", "--comparison", "shift", "--comparison", "shift"},
       "--comparison 'shift' is given twice"},
      {{"list", "models", "--plugin-dir", "/tmp", "--plugin-dir", "/tmp"},
       "--plugin-dir '/tmp' is given twice"},
      {{"report", "quick", "quick"}, "suite 'quick' is given twice"},
      {{"merge", "a.db", "a.db"}, "file 'a.db' is given twice"},
      {{"download", "mnist", "mnist"}, "data 'mnist' is given twice"},
      {{"explain", "1", "--scale", "0.5"}, "--scale has a meaning with --suite alone"},
      {{"explain", "1", "--precision", "bfloat16"}, "--precision has a meaning with --suite alone"},
      {{"list", "metrics", "--plugin-dir", "/tmp"}, "--plugin-dir is of `rraebench list models`"},
      {{"list", "models", "--data-dir", "/tmp"}, "--data-dir is of `rraebench list datasets`"},
  });
}

TEST(Arguments, ValuesOfAnotherKindAreNamed) {
  expect_refused({
      {{"run", "quick", "--jobs", "1.5"}, "--jobs is '1.5' but must be a whole number"},
      {{"run", "quick", "--jobs", " 1"}, "--jobs is ' 1' but must be a whole number"},
      {{"run", "quick", "--jobs", "-1"}, "--jobs is -1 but must be at least 1"},
      {{"run", "quick", "--jobs", "99999999999999999999"}, "--jobs is '99999999999999999999' and too large"},
      {{"run", "quick", "--scale", "1e"}, "--scale is '1e' but must be a number"},
      {{"rerun", "1", "--verify", "--threads", "two"}, "--threads is 'two' but must be a whole number"},
  });
}

TEST(Arguments, BytesThatAreNoTextAreShownEscaped) {
  const TemporaryFolder folder;
  const std::string strange = (folder / kStrange).string();
  expect_refused({
      {{kStrange}, "no command 'b\\xff\\x1b[31m\\u202ed'"},
      {{"run", std::string("--") + kStrange}, "no option '--b\\xff\\x1b[31m\\u202ed'"},
      {{"run", strange + ".toml"}, "b\\xff\\x1b[31m\\u202ed.toml', which is not UTF-8; rename it"},
      {{"run", "quick", "--db", strange}, "--db is '" + folder.path().string() + "/b\\xff"},
      {{"run", "quick", "--cache-dir", strange}, "--cache-dir is '"},
      {{"run", "quick", "--data-dir", strange}, "--data-dir is '"},
      {{"run", "quick", "--plugin-dir", strange}, "--plugin-dir is '"},
      {{"run", "quick", "--models", kStrange}, "model 'b\\xff\\x1b[31m\\u202ed' is in none of these suites"},
      {{"run", "quick", "--comparison", kStrange},
       "comparison 'b\\xff\\x1b[31m\\u202ed' is in none of these suites"},
      {{"run", "quick", "--jobs", kStrange}, "--jobs is 'b\\xff"},
      {{"run", "quick", "--timeout", kStrange}, "--timeout is 'b\\xff"},
      {{"statistics", "quick", "--output", strange}, "--output is '"},
      {{"export", "1", "--what", "weights", "--output", strange}, "--output is '"},
      {{"score", "--generated", strange}, "--generated is '"},
      {{"run", "quick", "--keep", kStrange}, "--keep: no 'b\\xff"},
      {{"list", kStrange}, "cannot list 'b\\xff"},
      {{"query", "--format", kStrange}, "no table format 'b\\xff"},
      {{"query", "--db", strange}, "b\\xff\\x1b[31m\\u202ed: does not exist"},
      {{"report", "--format", kStrange}, "no report format 'b\\xff"},
      {{"merge", strange, "--db", strange + "2"}, "b\\xff\\x1b[31m\\u202ed: does not exist"},
      {{"check-plugin", strange + ".so"}, "b\\xff"},
      {{"new-plugin", kStrange}, "b\\xff"},
      {{"download", kStrange}, "cannot download 'b\\xff"},
      {{"doctor", kStrange}, "too many arguments"},
  });
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Arguments, APluginWhosePathIsNoTextCannotBeUsed) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / kStrange);
  folder.write(std::string(kStrange) + "/mine.so", "no library");
  const auto result = call({"list", "models", "--plugin-dir", (folder / kStrange).string()});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("its path is not UTF-8; rename it"));
  EXPECT_EQ(valid_utf8(result.output), result.output);
}

/// The command that the last line of `errors` ends in.
std::string command_in(const std::string& errors) {
  const auto start = errors.rfind("rraebench ");
  return errors.substr(start, errors.find('\n', start) - start);
}

TEST(Arguments, CommandsThatAreShownCanBePastedIntoAShell) {
  const TemporaryFolder folder;
  const auto suite = folder.write("my suite.toml", tiny_suite(model_table("ae")));
  const auto paste = [&](const std::string& command) {
    const auto program = "cd " + quote_shell(folder.path().string()) + "; rraebench() { " +
                         quote_shell(kProgram) + " \"$@\"; }; " + command;
    return ask_worker("/bin/sh", {"-c", program}, "");
  };
  const auto database = (folder / "it's $HOME `x`.db").string();
  const auto run = call({"run", suite, "--db", database});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const auto report = paste(command_in(run.errors));
  EXPECT_EQ(report.exit.exit_code, 0) << report.errors;
  EXPECT_TRUE(std::filesystem::exists(folder / "report.html"));
  const auto unknown = call({"explain", "99", "--db", database});
  const auto hint = command_in(unknown.errors);
  const auto runs = paste(hint.substr(0, hint.rfind('`')));
  EXPECT_THAT(runs.output, HasSubstr("my suite")) << unknown.errors << runs.errors;

  const auto made = call({"new-plugin", "mine", "--output", (folder / "o'r $x").string()});
  EXPECT_THAT(made.errors,
              HasSubstr("  cmake --build " + quote_shell((folder / "o'r $x/mine/build").string())));
}

TEST(Arguments, ThePlanSaysHowManyRunsTheCommandWouldDo) {
  const TemporaryFolder folder;
  const auto suite = folder.write("s.toml", tiny_suite(model_table("ae"), "[0, 1]"));
  const auto database = (folder / "r.db").string();
  ASSERT_EQ(call({"run", suite, "--db", database, "--seeds", "1"}).exit_code, 0);
  EXPECT_THAT(call({"run", suite, "--db", database, "--plan"}).errors,
              HasSubstr("1 of 2 runs would be done"));
  EXPECT_THAT(call({"run", suite, "--db", database, "--plan", "--force"}).errors,
              HasSubstr("2 of 2 runs would be done"));
}

}  // namespace
}  // namespace rraebench
