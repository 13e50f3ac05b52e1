// rraebench: the program people call. It never touches LibTorch; rraebench-worker does.

#include "host/common/exit_codes.hpp"
#include "host/common/version.hpp"
#include "host/program/command.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace rraebench {
namespace {

constexpr std::array<Command, 12> kCommands = {{
    {"list", "what there is: models, data sets, metrics, protocols, suites", run_list},
    {"download", "fetch data sets and the network of published FIDs, checked", run_download},
    {"run", "train and measure the models of a suite", run_run},
    {"report", "write the comparison report", run_report},
    {"query", "ask the results database", run_query},
    {"merge", "take the runs of other results databases into one", run_merge},
    {"explain", "what makes up a run's identity, and why it counts or does not", run_explain},
    {"rerun", "repeat a stored run and compare every figure", run_rerun},
    {"statistics", "write the real samples' feature statistics for other tools", run_statistics},
    {"new-plugin", "write a model of your own to start from", run_new_plugin},
    {"check-plugin", "try a plugin on every promise of the contract", run_check_plugin},
    {"doctor", "check the installation, the machine and a results file", run_doctor},
}};

void print_help(std::ostream& out) {
  out << "rraebench " << program_version() << ": benchmark suite for rank-reduction autoencoders\n\n"
      << "usage: rraebench COMMAND [OPTION...]   (rraebench COMMAND --help for details)\n\n";
  for (const auto& command : kCommands)
    out << "  " << command.name << std::string(14 - std::string(command.name).size(), ' ') << command.summary
        << "\n";
  out << "\nexamples:\n"
      << "  rraebench list models\n"
      << "  rraebench run quick\n"
      << "  rraebench report\n"
      << "  rraebench query --view leaderboard\n"
      << "\nexit codes: 0 all well, 1 some runs failed, 2 wrong use or bad input, 130 interrupted\n";
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    print_help(std::cerr);
    return kExitBadInput;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help(std::cout);
    return kExitOk;
  }
  if (words[0] == "--version") {
    std::cout << "rraebench " << program_version() << "\n";
    return kExitOk;
  }
  const auto* command =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& c) { return c.name == words[0]; });
  if (command == kCommands.end()) {
    std::vector<std::string> names;
    for (const auto& known : kCommands) names.emplace_back(known.name);
    std::cerr << "rraebench: no command '" << words[0] << "': " << suggest_name(words[0], names) << "\n";
    return kExitBadInput;
  }
  return command->run({words.begin() + 1, words.end()});
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  try {
    return rraebench::dispatch({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "rraebench: " << rraebench::printable(error.what()) << "\n";
    return rraebench::kExitBadInput;
  }
}
