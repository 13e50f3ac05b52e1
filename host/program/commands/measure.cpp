#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"

namespace rraebench {

namespace po = boost::program_options;

CommandLine measure_command_line() {
  CommandLine line{
      "rraebench measure SUITE... [OPTION...]",
      "Measures what the suites ask for now of models that runs trained before and left the weights of\n"
      "(rraebench run --keep weights): other protocols, samplers, extractors or metrics, and nothing is "
      "trained.\n"
      "What is complete already is not measured again, unless --force is given.",
      po::options_description("options"),
      "suite",
      -1,
      {"rraebench measure mnist-quick", "rraebench measure my-suite.toml --models vae --keep samples"}};
  add_execution_options(line.options);
  line.options.add_options()("db", po::value<std::string>()->default_value("results.db"),
                             "results database, which has the weights beside it");
  add_suite_options(line.options);
  add_planning_options(line.options);
  return line;
}

int run_measure(const std::vector<std::string>& arguments) {
  auto line = measure_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  install_stop_signals();
  execution_request(values, {});
  if (values.count("suite") == 0)
    throw UserError("measure which suite? usage: " + line.usage + " (rraebench list suites)");
  const auto database = values["db"].as<std::string>();
  ResultsDatabase::open_read_only(database);  // Without one there are no weights.
  const auto plan = plan_suites(values, database, {/*judged=*/false});
  auto request = session_of(plan, values, shell_command("measure", arguments));
  request.only_measures = true;
  require_resources(request);
  return run_session(request);
}

}  // namespace rraebench
