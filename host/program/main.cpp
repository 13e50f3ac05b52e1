// rraebench: the program people call. It never touches LibTorch; rraebench-worker does.

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/standard_streams.hpp"
#include "host/common/stop_request.hpp"
#include "host/common/version.hpp"
#include "host/program/command.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/standard_output.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace rraebench {
namespace {

constexpr std::array<Command, 15> kCommands = {{
    {"list", "what there is: models, data sets, metrics, protocols, suites", run_list},
    {"download", "fetch data sets and the network of published FIDs, checked", run_download},
    {"run", "train and measure the models of a suite", run_run},
    {"report", "write the comparison report", run_report},
    {"claims", "decide what suites claim of their figures", run_claims},
    {"compare", "say what changed between two results databases", run_compare},
    {"query", "ask the results database", run_query},
    {"merge", "take the runs of other results databases into one", run_merge},
    {"show", "print one run, and the commands that repeat it", run_show},
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
    throw UserError("no command '" + words[0] + "': " + suggest_name(words[0], names));
  }
  return command->run({words.begin() + 1, words.end()});
}

int fail(const std::string& message) {
  std::cerr.tie(nullptr);  // Standard output may be what failed.
  std::cerr << "rraebench: " << printable(message) << "\n";
  return kExitBadInput;
}

int run_program(const std::vector<std::string>& words) {
  try {
    const CheckedStandardOutput output;
    const int exit_code = dispatch(words);
    std::cout.flush();
    return exit_code;
  } catch (const ReaderLeft&) {
    // As other tools end under `| head`: without a word, by the signal.
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    return kExitBadInput;
  } catch (const InterruptedError&) {
    fail("stopped");
    return kExitInterrupted;
  } catch (...) {
    return fail(failure_words(std::current_exception()));
  }
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  rraebench::prepare_standard_streams();
  return rraebench::run_program({argv + 1, argv + argc});
}
