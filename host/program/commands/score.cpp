#include "datasets/catalog.hpp"
#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/feature_samples.hpp"
#include "host/common/installation.hpp"
#include "host/common/quantities.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/feasibility.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/processes/worker_process.hpp"
#include "host/program/running/lock_patience.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/suites/measurements.hpp"
#include "host/program/suites/suite.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/render/table_format.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

namespace rraebench {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

constexpr const char* kSuite = "scores";  // Of samples that no suite made.

std::string required(const po::variables_map& values, const std::string& option,
                     const std::string& question) {
  if (values.count(option) == 0) throw UserError(question);
  auto text = values[option].as<std::string>();
  require_utf8("--" + option, text);
  return text;
}

fs::path absolute_path(const fs::path& path) {
  return fs::absolute(path).lexically_normal();
}

/// With its folder, since many have a "test.npy": "cats/test.npy".
std::string name_of_place(const fs::path& path) {
  const auto place = path.has_filename() ? path : path.parent_path();  // "photos/"
  return (place.parent_path().filename() / place.filename()).string();
}

/// A data set with its options, file of statistics, folder of images or array; the last two are given back.
fs::path take_real(const std::string& text, const std::map<std::string, std::string>& options,
                   RunSpec& spec) {
  const auto name = text.substr(0, text.find(':'));
  std::vector<std::string> known;
  for (const auto& source : data_sources()) known.emplace_back(source.description.name);
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    const auto choice = choose_dataset(text, options);
    spec.dataset = choice.name;
    spec.dataset_options = Options(dataset_description(choice.name).options, choice.options).values();
    spec.comparison = text;
    for (const auto& [option, value] : options) spec.comparison += option_suffix(option, value);
    return {};
  }
  std::error_code ignored;
  const bool is_folder = fs::is_directory(text, ignored);
  const auto extension = fs::path(text).extension();
  if (!fs::exists(text, ignored))
    throw UserError("--real '" + text +
                    "': no such file or folder, nor a data set: " + suggest_name(name, known));
  if (!is_folder && extension != ".npy" && extension != ".npz")
    throw UserError("--real '" + text +
                    "' must be a data set, a folder of images, a .npy file of samples or a "
                    ".npz file of mu and sigma");
  if (!options.empty())
    throw UserError("--set " + options.begin()->first + ": an option of a data set, and --real '" + text +
                    "' is a file or folder");
  spec.comparison = name_of_place(absolute_path(is_folder ? fs::path(text) / "" : fs::path(text)));
  if (extension != ".npz" || is_folder) return absolute_path(text);
  spec.features.statistics = absolute_path(text).string();
  spec.features.statistics_sha256 = sha256_of_file(text);
  return {};
}

void take_metrics(const po::variables_map& values, RunSpec& spec) {
  spec.extractor = values["extractor"].as<std::string>();
  if (const auto fault = extractor_fault(spec.extractor); !fault.empty())
    throw UserError("--extractor: " + fault);
  spec.extractor_sha256 = extractor_sha256(spec.extractor);
  auto& plan = spec.features;
  const bool by_statistics = !plan.statistics.empty();
  if (by_statistics && find_extractor(spec.extractor)->kind != ExtractorKind::kTorchScript)
    throw UserError("a .npz file has no samples to train extractor '" + spec.extractor +
                    "' with; name the one that made it: --extractor torchscript:FILE");
  plan.metrics = {"fid"};
  if (!by_statistics) plan.metrics = {"fid", "kid", "precision", "recall", "density", "coverage"};
  if (values.count("kid-subset-size") > 0) {
    plan.kid_subset_size = positive_option(values, "kid-subset-size", kKeptFeatures);
    if (plan.kid_subset_size < 2) throw UserError("--kid-subset-size is 1 but must be at least 2");
  }
  if (values.count("metrics") > 0) plan.metrics = split_list(values, "metrics");
  if (const auto fault = feature_metrics_fault(plan.metrics, spec.extractor); !fault.empty())
    throw UserError("--metrics: " + fault);
  if (plan.wants("path")) throw UserError("--metrics: 'path' is of interpolations; leave it out");
  std::set<std::string> distinct;
  for (const auto& metric : plan.metrics)
    if (!distinct.insert(metric).second) throw UserError("--metrics: '" + metric + "' stands twice");
  if (by_statistics) check_statistics(plan);
}

std::vector<std::string> generated_sets(const po::variables_map& values) {
  std::vector<std::string> sets;
  for (const auto& text : option_texts(values, "generated")) {
    require_utf8("--generated", text);
    std::error_code ignored;
    if (!fs::exists(text, ignored)) throw UserError("--generated '" + text + "': no such file or folder");
    if (!fs::is_directory(text, ignored) && fs::path(text).extension() != ".npy")
      throw UserError("--generated '" + text + "' must be a folder of images or a .npy file");
    sets.push_back(absolute_path(text).string());
  }
  if (sets.empty()) throw UserError("score what? --generated names a folder of images or a .npy file");
  return sets;
}

RunRecord record_of(const RunSpec& spec) {
  RunRecord record;
  record.identity = run_identity(spec);
  record.suite = spec.suite;
  record.comparison = spec.comparison;
  record.model = spec.plugin;
  record.label = spec.label;
  record.dataset = spec.dataset;
  record.seed = spec.seed;
  record.plugin_sha256 = spec.plugin_sha256;
  record.dataset_fingerprint = spec.dataset_fingerprint;
  record.spec_json = to_json(spec).dump();
  record.folder = fs::current_path().string();
  record.jobs = 1;
  record.exit_code = kExitOk;
  return record;
}

/// What the worker says of each set, in their order; events before the first are of all.
std::vector<RunRecord> measure(const nlohmann::json& order, const std::string& command) {
  std::vector<RunRecord> records;
  std::vector<nlohmann::json> shared;
  PreparationLine progress("score");
  auto began = std::chrono::steady_clock::now();
  const auto end_last = [&] {
    if (records.empty()) return;
    auto& record = records.back();
    record.status = RunStatus::kOk;
    record.finished_at = utc_now();
    const auto now = std::chrono::steady_clock::now();
    record.wall_seconds = std::chrono::duration<double>(now - began).count();
    began = now;
  };
  const auto started_at = utc_now();
  const auto take = [&](std::string_view line) {
    const auto event = nlohmann::json::parse(line);
    const auto kind = event.at("event").get<std::string>();
    if (kind == "progress") return progress.show(progress_from_event(event));
    if (kind == "set") {
      end_last();
      records.push_back(record_of(run_spec_from_json(event.at("spec"))));
      records.back().command = command;
      records.back().started_at = records.size() == 1 ? started_at : utc_now();
      for (const auto& before : shared) apply_event(before, records.back());
    } else if (records.empty()) {
      shared.push_back(event);
    } else {
      apply_event(event, records.back());
    }
  };
  const auto answer = ask_worker(worker_path(), {"score"}, order.dump(), take);
  if (answer.exit.exit_code != kExitOk)
    throw UserError(last_line(answer.errors, "the samples could not be measured"));
  end_last();
  return records;
}

/// Why nothing was measured, without the comparison's name; empty where something was.
std::string why_nothing(const RunRecord& record) {
  const auto is_figure = [](const auto& metric) { return std::isfinite(metric.value); };
  if (std::any_of(record.metrics.begin(), record.metrics.end(), is_figure)) return "";
  const auto prefix = record.comparison + ", generate: ";
  std::string reasons;
  for (const auto& note : record.notes)
    if (note.rfind(prefix, 0) == 0) reasons += (reasons.empty() ? "" : "; ") + note.substr(prefix.size());
  return "nothing of it can be measured: " + reasons;
}

/// Before anything is measured: what could not be stored would be lost.
void require_storable(const fs::path& file) {
  std::error_code ignored;
  if (fs::exists(file, ignored) || !fs::is_directory(fs::absolute(file).parent_path(), ignored))
    ResultsDatabase::open_or_create(file, patience_for(file));
  else
    require_writable(fs::absolute(file).parent_path(), "folder of the results",
                     "--db names a file in another folder");
}

void store(const std::vector<RunRecord>& records, const fs::path& file) {
  auto database = ResultsDatabase::open_or_create(file, patience_for(file));
  std::vector<AskedSettings> asked;
  for (const auto& record : records) {
    database.store_next_attempt(record);
    asked.push_back({{record.comparison, record.dataset, record.label}, record.spec_json});
  }
  database.ask_besides(kSuite, utc_now(), asked);
}

Table figures_of(const std::vector<RunRecord>& records) {
  Table table{{"label", "set", "metric", "value", "extractor", "real", "own"}, {}};
  for (const auto& record : records)
    for (const auto& metric : record.metrics)
      table.rows.push_back({record.label, record.seed, metric.name, metric.value, metric.extractor,
                            metric.reference_count, metric.sample_count});
  return table;
}

}  // namespace

CommandLine score_command_line() {
  CommandLine line{
      "rraebench score --generated SAMPLES --real REAL --label NAME [OPTION...]",
      "Measures samples that were made elsewhere by the metrics and extractors of suites, and stores the\n"
      "figures under a label, beside those of other labels of the same real samples. SAMPLES is a folder of\n"
      "JPEG and PNG images or a .npy file; REAL is a data set, such a folder or file, or an .npz file of mu\n"
      "and sigma. Several --generated are several draws of one label: the report gives means and deviations.",
      po::options_description("options"),
      "",
      0,
      {"rraebench score --generated gan/ --real mnist --label GAN",
       "rraebench score --generated a.npy --generated b.npy --real photos/ --label DDPM --extractor pca:64",
       "rraebench score --generated faces/ --real celeba --set size=64 --label GAN --extractor pca:64"}};
  line.options.add_options()("generated", po::value<std::vector<std::string>>(),
                             "samples: a folder of images or a .npy file; may be repeated")(
      "real", po::value<std::string>(), "what they are compared with")("label", po::value<std::string>(),
                                                                       "what reports call them")(
      "extractor", po::value<std::string>()->default_value("classifier"),
      "features: classifier (of a data set with labels), pca:K or torchscript:FILE")(
      "metrics", po::value<std::vector<std::string>>(),
      "of features, a list with commas (default: fid, kid, precision, recall, density, coverage; fid alone "
      "for an .npz file)")("split", po::value<std::string>()->default_value("test"),
                           "of a data set: test or train")(
      "set", po::value<std::vector<std::string>>(),
      "NAME=VALUE: an option of the data set (rraebench list datasets NAME); may be repeated")(
      "kid-subset-size", po::value<std::int64_t>(), "samples of either side that KID draws at a time (1000)")(
      "threads", po::value<std::int64_t>(), "threads (default: all usable cores)")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  add_planning_options(line.options);
  return line;
}

int run_score(const std::vector<std::string>& arguments) {
  auto line = score_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  install_stop_signals();
  const auto format = parse_table_format(values["format"].as<std::string>());
  const auto database = values["db"].as<std::string>();
  require_utf8("--db", database);
  const auto request = planning_request(values);
  RunSpec spec;
  spec.suite = kSuite;
  spec.plugin = kExternalModel;
  spec.device = request.device;
  spec.generates = true;
  spec.generation.count = 0;  // As many as there are of each set.
  const auto generated = generated_sets(values);
  spec.label = required(values, "label", "score as what? --label is the name in reports");
  const auto real =
      take_real(required(values, "real", "score against what? --real names a data set, folder or file"),
                named_values(values, "set", "size=64"), spec);
  spec.reference_split = values["split"].as<std::string>();
  if (spec.reference_split != "test" && spec.reference_split != "train")
    throw UserError("--split is '" + spec.reference_split + "' but must be test or train");
  take_metrics(values, spec);
  Execution execution;
  execution.data_dir = request.data_dir;
  execution.cache_dir = request.cache_dir;
  execution.threads =
      values.count("threads") > 0 ? positive_option(values, "threads", kMostThreads) : usable_cores();
  require_writable(execution.cache_dir, "cache", "--cache-dir names another folder");
  require_storable(database);
  const auto records = measure({{"spec", to_json(spec)},
                                {"execution", to_json(execution)},
                                {"generated", generated},
                                {"real", real.string()}},
                               shell_command("score", arguments));
  for (std::size_t n = 0; n < records.size(); ++n)
    if (const auto reason = why_nothing(records[n]); !reason.empty())
      throw UserError(generated[n] + ": " + reason);
  store(records, database);
  std::set<std::string> said;
  for (const auto& record : records)
    for (const auto& note : record.notes)
      if (said.insert(note).second) print_warnings({note});
  std::cout << format_table(figures_of(records), format, output_layout());
  return kExitOk;
}

}  // namespace rraebench
