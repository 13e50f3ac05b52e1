// rraebench: the program people call. It never touches LibTorch; rraebench-worker does.

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/standard_streams.hpp"
#include "host/common/stop_request.hpp"
#include "host/common/version.hpp"
#include "host/program/commands.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/standard_output.hpp"
#include "reports/text.hpp"

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace rraebench {
namespace {

void print_help(std::ostream& out) {
  out << "rraebench " << program_version() << ": benchmark suite for rank-reduction autoencoders\n\n"
      << "usage: rraebench COMMAND [OPTION...]   (rraebench COMMAND --help for details)\n\n";
  out << describe_commands(commands()) << "\nexamples:\n"
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
  return find_command(commands(), words[0]).run({words.begin() + 1, words.end()});
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
