#include "host/common/errors.hpp"
#include "host/program/commands/man_page.hpp"
#include "host/program/commands/shell_completion.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

/// What a shell that has read the script prints.
std::string answer(const TemporaryFolder& folder, const std::string& shell_command) {
  const auto output = folder / "answer";
  if (std::system((shell_command + " > '" + output.string() + "' 2>&1").c_str()) != 0)
    return "failed: " + read_file(output);
  return read_file(output);
}

TEST(ShellCompletion, BashCompletesCommandsAndOptions) {
  TemporaryFolder folder;
  const auto script = folder.write("completion.sh", shell_completion("bash", commands())).string();
  const auto complete = [&](const std::string& words, int position) {
    return answer(folder, "bash -c 'source " + script + "; COMP_WORDS=(" + words +
                              "); COMP_CWORD=" + std::to_string(position) +
                              "; _rraebench; printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
  };
  EXPECT_EQ(complete("rraebench comp", 1), "compare\ncompletion\n");
  EXPECT_EQ(complete("rraebench run --se", 2), "--seeds\n");
  EXPECT_EQ(complete("rraebench compare --tol", 2), "--tolerance\n");
  EXPECT_EQ(complete("rraebench compare --throttle", 2), "\n");
  EXPECT_EQ(complete("rraebench report --format l", 3), "latex\n");
  EXPECT_EQ(complete("rraebench show --format c", 3), "\n") << "a run is text or JSON";
  EXPECT_EQ(complete("rraebench run quick --device \"\"", 4), "cpu\ncuda\n");
  EXPECT_EQ(complete("rraebench list net", 2), "networks\n");
  EXPECT_EQ(complete("rraebench slurm s", 2), "submit\nstatus\n");
  EXPECT_EQ(complete("rraebench slurm submit --thr", 3), "--throttle\n");
  EXPECT_EQ(complete("rraebench slurm status --thr", 3), "\n");
}

void expect_named(const std::string& script, const std::vector<Command>& all) {
  for (const auto& command : all) {
    EXPECT_THAT(script, HasSubstr(command.name));
    const auto line = command.line();
    for (const auto& option : line.options.options())
      EXPECT_THAT(script, HasSubstr(option->long_name())) << command.name;
    expect_named(script, command.parts);
  }
}

TEST(ShellCompletion, ZshAndFishNameEveryCommandAndOption) {
  for (const char* shell : {"zsh", "fish"}) {
    SCOPED_TRACE(shell);
    expect_named(shell_completion(shell, commands()), commands());
  }
  TemporaryFolder folder;
  if (std::system("command -v zsh > /dev/null") == 0) {
    const auto script = folder.write("_rraebench", shell_completion("zsh", commands())).string();
    EXPECT_EQ(answer(folder, "zsh -n " + script), "");
  }
}

void expect_one_short_name(const std::vector<Command>& all) {
  for (const auto& command : all) {
    const auto line = command.line();
    for (const auto& option : line.options.options())
      if (option->long_name() == "output") {
        EXPECT_EQ(option->format_name(), "-o [ --output ]") << command.name;
      }
    expect_one_short_name(command.parts);
  }
}

TEST(CommandOptions, AnOutputHasOneShortNameEverywhere) {
  expect_one_short_name(commands());
}

TEST(ShellCompletion, FishCompletesCommandsAndOptions) {
  if (std::system("command -v fish > /dev/null") != 0) GTEST_SKIP() << "no fish here";
  TemporaryFolder folder;
  const auto script = folder.write("rraebench.fish", shell_completion("fish", commands())).string();
  const auto complete = [&](const std::string& words) {
    return answer(folder, "fish -c 'source " + script + "; complete -C \"" + words + "\"'");
  };
  EXPECT_THAT(complete("rraebench comp"), AllOf(HasSubstr("compare\t"), HasSubstr("completion\t")));
  EXPECT_THAT(complete("rraebench run --see"), HasSubstr("--seeds"));
  EXPECT_THAT(complete("rraebench report --format l"), HasSubstr("latex"));
  EXPECT_THAT(complete("rraebench list net"), HasSubstr("networks"));
  EXPECT_THAT(complete("rraebench slurm s"), AllOf(HasSubstr("submit\t"), HasSubstr("status\t")));
  EXPECT_THAT(complete("rraebench slurm submit --thr"), HasSubstr("--throttle"));
  EXPECT_THAT(complete("rraebench slurm status --thr"), Not(HasSubstr("--throttle")));
  EXPECT_THAT(complete("rraebench status --al"), Not(HasSubstr("--all"))) << "which is of slurm status";
}

TEST(ShellCompletion, AnotherShellIsRefused) {
  EXPECT_THROW(shell_completion("tcsh", commands()), UserError);
}

/// What the page has of one command.
std::string section_of(const std::string& page, const std::string& command) {
  const auto begin = page.find(".SS " + command + "\n");
  if (begin == std::string::npos) return "no section";
  return page.substr(begin, page.find("\n.S", begin) - begin);
}

/// `parent`: "slurm " of its commands.
void expect_described(const std::string& page, const std::vector<Command>& all,
                      const std::string& parent = "") {
  for (const auto& command : all) {
    const auto name = parent + command.name;
    const auto section = section_of(page, name);
    const auto line = command.line();
    for (const auto& option : line.options.options()) {
      const auto shown = std::regex_replace("--" + option->long_name(), std::regex("-"), "\\-");
      EXPECT_THAT(section, AnyOf(HasSubstr(shown + "\n"), HasSubstr(shown + " \\fIvalue\\fR\n"))) << name;
    }
    expect_described(page, command.parts, name + " ");
  }
}

TEST(ManPage, DescribesEveryOptionOfEveryCommand) {
  const auto page = man_page("1.2", commands());
  EXPECT_THAT(page, HasSubstr(".TH RRAEBENCH 1"));
  expect_described(page, commands());
  EXPECT_THAT(page, HasSubstr(".B \\-j, \\-\\-jobs \\fIvalue\\fR\n"));
  EXPECT_THAT(page, HasSubstr(".B RRAEBENCH_DATA_DIR\n"));
}

TEST(ManPage, ShowsNobodysHome) {
  const EnvironmentVariable cache("RRAEBENCH_CACHE_DIR", nullptr);
  const EnvironmentVariable shared_cache("XDG_CACHE_HOME", nullptr);
  const EnvironmentVariable home("HOME", "/home/of-the-test");
  const auto page = man_page("1.2", commands());
  EXPECT_THAT(page, Not(AnyOf(HasSubstr("/home/of"), HasSubstr("of\\-the\\-test"))));
}

TEST(ManPage, IsShownByMan) {
  if (std::system("command -v man > /dev/null") != 0) GTEST_SKIP() << "no man here";
  const auto page = man_page("1.2", commands());
  TemporaryFolder folder;
  const auto file = folder.write("rraebench.1", page).string();
  EXPECT_THAT(answer(folder, "man --warnings -E UTF-8 -l " + file + " 2>&1 | col -b"),
              HasSubstr("--tolerance value"));
}

}  // namespace
}  // namespace rraebench
