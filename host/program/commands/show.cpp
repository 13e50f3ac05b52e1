#include "host/common/cell.hpp"
#include "host/common/errors.hpp"
#include "host/common/events.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/program/commands.hpp"
#include "host/program/suites/suite_text.hpp"
#include "reports/analysis/settings.hpp"
#include "reports/render/figure_format.hpp"
#include "reports/render/report_words.hpp"
#include "reports/store/stored_run.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <iostream>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

void fact(const std::string& name, const std::string& value) {
  if (!value.empty()) std::cout << fmt::format("{:15} {}\n", name, printable(value, 2000));
}

std::string figure_name(const MetricRecord& metric) {
  std::string name = metric.protocol + " " + metric.name;
  for (const auto* part : {&metric.variant, &metric.split, &metric.extractor})
    if (!part->empty()) name += " " + *part;
  return name;
}

/// "samples gaussian: results-artefacts/1a2b3c4d5e6f-1/samples-gaussian.npy, 1000 x 1 x 28 x 28, 3.0 MiB"
std::string artefact_words(const ArtefactRecord& artefact) {
  auto words = artefact.what;
  for (const auto* part : {&artefact.variant, &artefact.split})
    if (!part->empty()) words += " " + *part;
  words += ": " + artefact.path;
  if (!artefact.shape.empty()) words += fmt::format(", {}", fmt::join(artefact.shape, " x "));
  return words + ", " + size_text(artefact.bytes);
}

/// " --plugin-dir build": the options of a command that say where plugins and data are.
std::string options_of_places(const std::string& command) {
  std::string options;
  const auto words = shell_words(command);
  for (std::size_t i = 0; i < words.size(); ++i)
    for (const std::string option : {"--plugin-dir", "--data-dir"}) {
      if (words[i] == option && i + 1 < words.size())
        options += " " + option + " " + quote_shell(words[i + 1]);
      if (words[i].rfind(option + "=", 0) == 0) options += " " + quote_shell(words[i]);
    }
  return options;
}

/// From the folder that the run was made in, for names in suites are relative to it.
std::string command_to_repeat(const RunRecord& run, std::int64_t id, const std::string& database) {
  const auto path = run.folder.empty() ? fs::path(database) : fs::absolute(database).lexically_normal();
  return command_in_folder(
      run.folder, fmt::format("rraebench rerun {} --verify --db {}{}", id, quote_shell(path.string()),
                              options_of_places(run.command)));
}

void print_run(const RunRecord& run, std::int64_t id, const std::string& database) {
  fact("Run", fmt::format("{}, identity {}, attempt {}", id, run.identity, run.attempt));
  fact("Place", fmt::format("{} · {} · {} · seed {}", run.suite, run.comparison, run.label, run.seed));
  fact("Status",
       run.status == RunStatus::kOk ? "ok" : fmt::format("{}: {}", run_status_name(run.status), run.message));
  fact("Started",
       fmt::format("{}, took {:.1f} s, training {:.1f} s for {} steps{}", run.started_at, run.wall_seconds,
                   run.train_seconds, run.train_steps,
                   run.train_seconds > run.wall_seconds ? ", with what earlier attempts did" : ""));
  if (run.model == kExternalModel)
    fact("Model", "none: samples that were made elsewhere, SHA-256 " + run.plugin_sha256.substr(0, 12));
  else
    fact("Model", fmt::format("{} {}, {} parameters", run.model, run.plugin_version, run.parameter_count));
  std::string options;
  for (const auto& [name, value] : model_options(run.spec_json))
    options += fmt::format("{}{}={}", options.empty() ? "" : ", ", name, value);
  fact("Options", options);
  for (const auto& [name, value] : settings_of(run.spec_json)) fact(name, value);
  for (const auto& [name, value] : environment_facts({run.environment, 0}))
    if (name != "Runs") fact(name, value);
  if (run.jobs > 0) fact("Runs at a time", std::to_string(run.jobs));
  for (const auto& note : run.notes) fact("Note", note);
  std::cout << "\n";
  for (const auto& metric : run.metrics)
    std::cout << fmt::format("{:>14} {:5} {}\n",
                             std::isnan(metric.value) ? "NaN" : fmt::format("{:.6g}", metric.value),
                             metric.unit, printable(figure_name(metric)));
  if (!run.metrics.empty()) std::cout << "\n";
  for (const auto& artefact : run.artefacts) fact("Kept", artefact_words(artefact));
  if (!run.artefacts.empty()) std::cout << "\n";
  if (!run.command.empty()) fact("Was part of", command_in_folder(run.folder, run.command));
  if (run.model == kExternalModel) return;
  fact("Repeat, compare", command_to_repeat(run, id, database));
  // In a folder of its own: the suite's own file, which may lie here, has the same name.
  const auto folder = fmt::format("run-{}", id);
  fact("Alone",
       fmt::format("mkdir {0} && rraebench show {1} --suite --db {2} > {0}/{3}", folder, id,
                   quote_shell(database), quote_shell(run.suite.substr(0, run.suite.find('@')) + ".toml")));
}

/// As the run told of it.
template <typename Record>
nlohmann::json record_of(const Record& record) {
  auto document = event_of(record);
  document.erase("event");
  return document;
}

nlohmann::json to_json(const RunRecord& run, std::int64_t id) {
  nlohmann::json document = {{"id", id},
                             {"identity", run.identity},
                             {"attempt", run.attempt},
                             {"suite", run.suite},
                             {"comparison", run.comparison},
                             {"label", run.label},
                             {"model", run.model},
                             {"dataset", run.dataset},
                             {"seed", run.seed},
                             {"status", run_status_name(run.status)},
                             {"message", run.message},
                             {"started_at", run.started_at},
                             {"finished_at", run.finished_at},
                             {"wall_seconds", run.wall_seconds},
                             {"train_seconds", run.train_seconds},
                             {"train_steps", run.train_steps},
                             {"samples_per_second", run.samples_per_second},
                             {"parameters", run.parameter_count},
                             {"peak_memory_bytes", run.peak_memory_bytes},
                             {"command", run.command},
                             {"folder", run.folder},
                             {"jobs", run.jobs},
                             {"notes", run.notes},
                             {"figures", nlohmann::json::array()},
                             {"kept", nlohmann::json::array()}};
  document["specification"] = nlohmann::json::parse(run.spec_json, nullptr, /*allow_exceptions=*/false);
  if (document["specification"].is_discarded()) document["specification"] = nullptr;
  for (const auto& [name, value] : environment_facts({run.environment, 0}))
    if (name != "Runs") document["machine"][name] = value;
  for (const auto& metric : run.metrics) document["figures"].push_back(record_of(metric));
  for (const auto& artefact : run.artefacts) document["kept"].push_back(record_of(artefact));
  return document;
}

}  // namespace

CommandLine show_command_line() {
  CommandLine line{
      "rraebench show RUN [OPTION...]",
      "Prints one run: settings, how it ended, figures, notes, machine, and the commands that repeat it.\n"
      "RUN is an id or the beginning of an identity (rraebench query --view runs).",
      po::options_description("options"),
      "run",
      1,
      {"rraebench show 12", "mkdir one && rraebench show 3f9a --suite > one/mnist-quick.toml"}};
  line.options.add_options()("suite", "print a suite file of this one run instead")(
      "format", po::value<std::string>()->default_value("text"), "text or json")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  return line;
}

int run_show(const std::vector<std::string>& arguments) {
  auto line = show_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  if (values->count("run") == 0)
    throw UserError("show which run? usage: " + line.usage + " (rraebench query --view runs)");
  const auto format = (*values)["format"].as<std::string>();
  if (format != "text" && format != "json")
    throw UserError("no format '" + format + "' of a run; known: text, json");
  if (format == "json" && values->count("suite") > 0)
    throw UserError("--suite prints a suite file and --format json the run; leave one of them out");
  const auto path = (*values)["db"].as<std::string>();
  const auto database = ResultsDatabase::open_read_only(path);
  const auto id = find_run_id(database, (*values)["run"].as<std::vector<std::string>>().front());
  const auto run = read_run(database, id);
  if (values->count("suite") == 0) {
    if (format == "json")
      std::cout << to_json(run, id).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    else
      print_run(run, id, path);
    return kExitOk;
  }
  if (run.model == kExternalModel)
    throw UserError(fmt::format("{}: the samples of run {} were made elsewhere, by no suite", path, id));
  const auto spec = nlohmann::json::parse(run.spec_json, nullptr, /*allow_exceptions=*/false);
  try {
    const auto cell = run_spec_from_json(spec);
    std::cout << suite_text(cell);
    if (const auto options = options_beside(cell); !options.empty())
      std::cerr << fmt::format("run it with {}, as this run was\n", fmt::join(options, " "));
  } catch (const nlohmann::json::exception&) {
    throw UserError(fmt::format("{}: run {} has no specification that this rraebench can read", path, id));
  }
  return kExitOk;
}

}  // namespace rraebench
