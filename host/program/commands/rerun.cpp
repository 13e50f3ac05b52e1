#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/feature_statistics.hpp"
#include "host/common/stop_request.hpp"
#include "host/common/suite_paths.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/dataset_facts.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/running/executor.hpp"
#include "host/program/running/run_comparison.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/suites/limits.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/stored_run.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

std::string short_hash(const std::string& sha256) {
  return sha256.substr(0, 12);
}

/// The stored specification; only one that this program would write the same measures the same.
RunSpec stored_spec(const RunRecord& run) {
  const auto document = nlohmann::json::parse(run.spec_json, nullptr, /*allow_exceptions=*/false);
  const auto protocol = document.is_object() ? document.value("protocol_version", 0) : 0;
  if (protocol != kProtocolVersion)
    throw UserError(
        fmt::format("the run was measured by protocol version {}, this program's is {}; use a program "
                    "of that version, or train it anew with `rraebench run`",
                    protocol, kProtocolVersion));
  try {
    auto spec = run_spec_from_json(document);
    if (run_identity(spec) == run.identity) return spec;
  } catch (const nlohmann::json::exception&) {
  }
  throw UserError(
      "the run's specification is not one that this program would write; use the program's version " +
      printable(run.environment.program_version));
}

/// Throws UserError naming what is another than when the run was made.
void require_same(const std::string& what, const std::string& stored, const std::string& now,
                  const std::string& remedy) {
  if (stored != now)
    throw UserError(fmt::format("{} changed since the run was made (sha256 {}, now {}); {}", what,
                                short_hash(stored), short_hash(now), remedy));
}

/// Where the suite lay when it last asked; empty: not known.
std::string suite_folder_of(const ResultsDatabase& database, const RunRecord& run) {
  return std::filesystem::path(database.suite_file(run.suite).value_or("")).parent_path().string();
}

PlannedRun plan_again(const RunSpec& spec, const std::string& suite_folder, const po::variables_map& values) {
  auto request = planning_request(values);
  const auto plugins = discover_plugins_with_warnings(request.plugin_folders, request.cache_dir);
  const auto& plugin = find_plugin(plugins, spec.plugin, request.plugin_folders);
  require_same("plugin '" + spec.plugin + "', " + plugin.file.string() + ",", spec.plugin_sha256,
               plugin.sha256, "--plugin-dir names the folder of another build");
  const auto named = with_found_file(spec.extractor, suite_folder);
  if (const auto extractor = find_extractor(named); extractor && !extractor->file.empty())
    require_same(extractor->file, spec.extractor_sha256, extractor_sha256(named), "put that file back");
  if (const auto statistics = found_path(spec.features.statistics, suite_folder); !statistics.empty())
    require_same(statistics, spec.features.statistics_sha256, sha256_of_file(statistics),
                 "put that file back");
  for (const auto& [option, sha256] : spec.option_files_sha256)
    require_same("option '" + option + "', " + spec.options.at(option) + ",", sha256,
                 sha256_of_file(spec.options.at(option)), "put that file back");
  PreparationLine line("data");
  const auto data = inspect_data({{spec.dataset, spec.dataset_options, spec.network_family, suite_folder}},
                                 request.data_dir, request.cache_dir,
                                 [&](const Progress& progress) { line.show(progress); });
  require_same("data set '" + spec.dataset + "'", spec.dataset_fingerprint,
               data.of(spec, suite_folder).fingerprint, "--data-dir names another folder");
  if (spec.device == "cuda" && !data.has_cuda)
    throw UserError("the run was made on a GPU, which this LibTorch does not find");
  require_precision(spec.training.precision, spec.device, "the run cannot be made again here: its ");
  return {spec, run_identity(spec), plugin.file, 0.0,         data.of(spec, suite_folder).notes,
          {},   std::nullopt,       {},          suite_folder};
}

/// A folder of its own that goes with it, so that no checkpoint of another run is taken up or left.
class OwnFolder {
 public:
  OwnFolder() : path_(std::filesystem::temp_directory_path() / "rraebench-rerun-XXXXXX") {
    auto name = path_.string();
    if (::mkdtemp(name.data()) == nullptr)
      throw UserError(path_.parent_path().string() + ": cannot be written; TMPDIR names another folder");
    path_ = name;
  }
  ~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

RunRecord run_again(const PlannedRun& planned, std::int64_t threads, const po::variables_map& values) {
  const OwnFolder folder;
  ExecutionRequest execution;
  execution.threads = threads;
  execution.data_dir = values["data-dir"].as<std::string>();
  execution.cache_folder = values["cache-dir"].as<std::string>();
  execution.checkpoint_folder = folder.path();
  install_stop_signals();
  RunRecord record;
  ProgressDisplay display(1);
  execute_runs({planned}, execution, display, [&](RunRecord run) { record = std::move(run); });
  return record;
}

/// What of the machine is another, in words; bitwise equality is not to be expected then.
std::string environment_differences(const EnvironmentRecord& stored, const EnvironmentRecord& now) {
  std::string text;
  const auto add = [&](const char* what, const std::string& before, const std::string& after) {
    if (before != after)
      text += fmt::format("{}{}: {}, was {}", text.empty() ? "" : "; ", what, after, before);
  };
  add("program", stored.program_version, now.program_version);
  add("LibTorch", stored.libtorch_version, now.libtorch_version);
  add("BLAS", stored.blas, now.blas);
  add("processor", stored.cpu, now.cpu);
  add("device", stored.device, now.device);
  add("threads", std::to_string(stored.threads), std::to_string(now.threads));
  return text;
}

Table comparison_table(const std::vector<ComparedFigure>& figures) {
  Table table{{"figure", "stored", "again", "agreement", "relative difference"}, {}};
  for (const auto& figure : figures)
    table.rows.push_back({figure.name, figure.stored, figure.again,
                          std::string(agreement_name(figure.agreement)),
                          figure.agreement == Agreement::kBitwise ? Cell() : Cell(figure.difference)});
  return table;
}

int conclude(std::int64_t id, const std::vector<ComparedFigure>& figures) {
  auto worst = Agreement::kBitwise;
  double largest = 0.0;
  std::size_t different = 0;
  for (const auto& figure : figures) {
    worst = std::max(worst, figure.agreement);
    largest = std::max(largest, figure.difference);
    if (figure.agreement == Agreement::kDifferent) ++different;
  }
  if (worst == Agreement::kDifferent)
    std::cerr << fmt::format("run {}: different: {} of {} figures\n", id, different, figures.size());
  else if (worst == Agreement::kWithinTolerance)
    std::cerr << fmt::format("run {}: within tolerance (largest relative difference {:.2g})\n", id, largest);
  else
    std::cerr << fmt::format("run {}: bitwise equal: all {} figures\n", id, figures.size());
  return worst == Agreement::kDifferent ? kExitSomeFailed : kExitOk;
}

std::int64_t thread_count(const po::variables_map& values, const RunRecord& run) {
  if (values.count("threads") == 0) return std::max<std::int64_t>(1, run.environment.threads);
  const auto threads = values["threads"].as<std::int64_t>();
  if (threads < 1 || threads > kMostThreads)
    throw UserError(fmt::format("--threads is {} but must be from 1 to {}", threads, kMostThreads));
  return threads;
}

}  // namespace

CommandLine rerun_command_line() {
  CommandLine line{
      "rraebench rerun RUN --verify [OPTION...]",
      "Repeats a stored run from what the results file says of it and compares every figure, curve, "
      "spectrum\n"
      "and picture: bitwise equal, within tolerance (a relative difference of 1e-5) or different. Nothing "
      "is\n"
      "stored. RUN is an id or the beginning of an identity. Exit code 1 where something is different.",
      po::options_description("options"),
      "run",
      1,
      {"rraebench rerun 12 --verify", "rraebench rerun 3f9a --verify --db results.db --data-dir ~/data"}};
  line.options.add_options()("verify", "compare with what is stored")(
      "threads", po::value<std::int64_t>(), "threads (default: as many as the stored run had)")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  add_planning_options(line.options);
  return line;
}

int run_rerun(const std::vector<std::string>& arguments) {
  auto line = rerun_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("run") == 0)
    throw UserError("rerun which run? usage: " + line.usage + " (rraebench query --view runs)");
  if (values.count("verify") == 0)
    throw UserError(
        "rerun repeats a run to compare it: add --verify (to train and store again: rraebench run SUITE "
        "--force)");
  const auto format = parse_table_format(values["format"].as<std::string>());
  const auto database = ResultsDatabase::open_read_only(values["db"].as<std::string>());
  const auto id = find_run_id(database, values["run"].as<std::vector<std::string>>().front());
  const auto stored = read_run(database, id);
  if (stored.model == kExternalModel)
    throw UserError(fmt::format("the samples of run {} were made elsewhere; measure them again: {}", id,
                                command_in_folder(stored.folder, stored.command)));
  if (stored.status != RunStatus::kOk)
    throw UserError(fmt::format("run {} ended as {} and has no figures to compare with", id,
                                run_status_name(stored.status)));
  const auto threads = thread_count(values, stored);
  const auto again =
      run_again(plan_again(stored_spec(stored), suite_folder_of(database, stored), values), threads, values);
  if (stop_requested()) return kExitInterrupted;
  if (again.status != RunStatus::kOk) {
    std::cerr << fmt::format("run {}: different: it ended as {} this time: {}\n", id,
                             run_status_name(again.status), printable(again.message));
    return kExitSomeFailed;
  }
  const auto figures = compare_runs(stored, again);
  std::cout << format_table(comparison_table(figures), format, output_layout());
  const auto elsewhere = environment_differences(stored.environment, again.environment);
  if (!elsewhere.empty()) std::cerr << "not where the run was made: " << printable(elsewhere) << "\n";
  return conclude(id, figures);
}

}  // namespace rraebench
