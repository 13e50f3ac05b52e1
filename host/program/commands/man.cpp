#include "host/common/exit_codes.hpp"
#include "host/common/version.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/man_page.hpp"

#include <iostream>

namespace rraebench {

namespace po = boost::program_options;

CommandLine man_command_line() {
  return {"rraebench man",
          "Prints the manual page of all commands, for man(1). Installed packages bring it along.",
          po::options_description("options"),
          "",
          0,
          {"rraebench man | man -l -", "rraebench man > ~/.local/share/man/man1/rraebench.1"}};
}

int run_man(const std::vector<std::string>& arguments) {
  auto line = man_command_line();
  if (!parse_command_line(line, arguments)) return kExitOk;
  std::cout << man_page(program_version(), commands());
  return kExitOk;
}

}  // namespace rraebench
