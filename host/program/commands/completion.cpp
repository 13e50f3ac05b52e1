#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/shell_completion.hpp"

#include <iostream>

namespace rraebench {

namespace po = boost::program_options;

CommandLine completion_command_line() {
  return {"rraebench completion {bash|zsh|fish}",
          "Prints what the shell needs to complete commands, options and suites. Installed packages bring it "
          "along.",
          po::options_description("options"),
          "shell",
          1,
          {"rraebench completion bash > ~/.local/share/bash-completion/completions/rraebench",
           "rraebench completion zsh > ~/.zfunc/_rraebench",
           "rraebench completion fish > ~/.config/fish/completions/rraebench.fish"}};
}

int run_completion(const std::vector<std::string>& arguments) {
  auto line = completion_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  const auto words = option_texts(*values, "shell");
  if (words.empty()) throw UserError("completion for which shell? usage: " + line.usage);
  std::cout << shell_completion(words.front(), commands());
  return kExitOk;
}

}  // namespace rraebench
