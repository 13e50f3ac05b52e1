#include "reports/analysis/build_report.hpp"

#include "reports/analysis/absence.hpp"
#include "reports/analysis/claims.hpp"
#include "reports/analysis/decimate.hpp"
#include "reports/analysis/metric_tables.hpp"
#include "reports/analysis/run_notes.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

// Keeps a report of many runs small: so many points of training curves a comparison, but enough for each
// curve.
constexpr std::size_t kCurvePointsInAll = 6000;
constexpr std::size_t kCurvePointsAtLeast = 60;
constexpr std::size_t kCurvePointsAtMost = 300;

template <typename T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

bool holds(const Comparison& comparison, const Place& place) {
  return comparison.suite == place.suite && comparison.name == place.comparison &&
         comparison.dataset == place.dataset;
}

// Comparisons with their labels, nothing else yet.
std::vector<Comparison> lay_out(const std::vector<Place>& places) {
  std::vector<std::string> suites;
  std::vector<std::string> colours;
  for (const auto& place : places) add_once(suites, place.suite);
  std::vector<Comparison> comparisons;
  for (const auto& place : places) {
    auto found = std::find_if(comparisons.begin(), comparisons.end(),
                              [&](const Comparison& comparison) { return holds(comparison, place); });
    if (found == comparisons.end()) {
      found = comparisons.insert(comparisons.end(), Comparison{});
      found->suite = place.suite;
      found->name = place.comparison;
      found->dataset = place.dataset;
    }
    add_once(colours, place.label);
    auto& label = found->labels.emplace_back();
    label.label = place.label;
    label.colour =
        static_cast<std::size_t>(std::find(colours.begin(), colours.end(), place.label) - colours.begin());
  }
  const auto rank = [&](const Comparison& comparison) {
    return std::find(suites.begin(), suites.end(), comparison.suite);
  };
  std::stable_sort(comparisons.begin(), comparisons.end(),
                   [&](const Comparison& a, const Comparison& b) { return rank(a) < rank(b); });
  return comparisons;
}

std::size_t label_index(const Comparison& comparison, const std::string& label) {
  const auto found = std::find_if(comparison.labels.begin(), comparison.labels.end(),
                                  [&](const LabelSummary& summary) { return summary.label == label; });
  return static_cast<std::size_t>(found - comparison.labels.begin());
}

using LabelledRun = std::pair<std::size_t, const RunRow*>;

void count_runs(Comparison& comparison, const std::vector<LabelledRun>& runs) {
  std::set<std::int64_t> seeds;
  for (const auto& [label, run] : runs) seeds.insert(run->seed);
  comparison.seeds.assign(seeds.begin(), seeds.end());
  for (const auto& [label, run] : runs) {
    auto& summary = comparison.labels[label];
    summary.model = run->model;
    summary.options = model_options(run->spec_json);
    if (run->status == RunStatus::kOk)
      ++summary.tally.ok;
    else
      ++summary.tally.failed[run->status];
    if (!tells_of_model(*run)) ++summary.tally.unfinished;
  }
  for (auto& summary : comparison.labels) {
    auto& tally = summary.tally;
    tally.expected = static_cast<std::int64_t>(comparison.seeds.size());
    tally.missing = tally.expected - tally.ok;
    for (const auto& [status, count] : tally.failed) tally.missing -= count;
  }
}

void add_notes(Comparison& comparison, const std::vector<LabelledRun>& ok_runs) {
  std::set<std::string> data;
  std::vector<std::set<std::string>> builds(comparison.labels.size());
  for (const auto& [label, run] : ok_runs) {
    data.insert(run->dataset_fingerprint);
    builds[label].insert(run->plugin_sha256);
  }
  if (data.size() > 1)
    comparison.notes.push_back(fmt::format(
        "The runs saw {} different versions of the data {}; run the suite again to compare on one.",
        data.size(), comparison.dataset));
  for (std::size_t label = 0; label < builds.size(); ++label)
    if (builds[label].size() > 1)
      comparison.notes.push_back(fmt::format(
          "The runs of {} come from {} different builds of its plugin; run the suite again to use one.",
          comparison.labels[label].label, builds[label].size()));
}

void add_run_notes(Comparison& comparison, const std::vector<LabelledRun>& ok_runs,
                   const std::vector<NoteRow>& notes) {
  std::vector<RunNote> said;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label)
    for (const auto& [own, run] : ok_runs) {
      if (own != label) continue;
      for (const auto& note : notes)
        if (note.run_id == run->id) said.push_back({comparison.labels[label].label, run->seed, note.text});
    }
  for (auto& sentence : join_run_notes(said)) comparison.notes.push_back(std::move(sentence));
}

void note_uncounted(Comparison& comparison, const std::vector<UncountedRun>& uncounted) {
  std::vector<std::string> labels;
  std::map<std::string, std::vector<std::int64_t>> seeds;
  std::int64_t example = 0;
  for (const auto& run : uncounted) {
    if (!holds(comparison, run.place)) continue;
    add_once(labels, run.place.label);
    seeds[run.place.label].push_back(run.seed);
    example = run.id;
  }
  if (labels.empty()) return;
  std::vector<std::string> parts;
  for (const auto& label : labels)
    parts.push_back(fmt::format("{}, seed{} {}", label, seeds[label].size() == 1 ? "" : "s",
                                fmt::join(seeds[label], ", ")));
  comparison.notes.push_back(fmt::format(
      "In no figure, since other settings were asked for last: {} (rraebench explain {} names the settings).",
      fmt::join(parts, "; "), example));
}

std::string how_to_share(const std::string& extractor) {
  const auto kind = extractor.substr(0, extractor.find(':'));
  if (kind == "torchscript") return {};
  return fmt::format("every machine makes its own: copy one's {}-*.pt into the cache folders of all and ",
                     kind);
}

/// Figures of two instruments look alike and cannot be compared.
void add_instrument_notes(Comparison& comparison) {
  std::map<std::string, std::vector<std::string>> builds;
  for (const auto& table : comparison.tables)
    for (const auto& column : table.columns)
      if (!column.extractor.empty()) add_once(builds[column.extractor], column.extractor_sha256.substr(0, 8));
  for (const auto& [extractor, hashes] : builds) {
    if (hashes.size() < 2) continue;
    comparison.notes.push_back(fmt::format(
        "Features were measured with {} different instruments of one name, {} ({}): their figures stand in "
        "columns of their own and cannot be compared; {}run with --force to measure all with one.",
        hashes.size(), extractor, fmt::join(hashes, ", "), how_to_share(extractor)));
  }
}

/// Rows by the run that they belong to.
template <typename RowOfRun>
std::map<std::int64_t, std::vector<const RowOfRun*>> by_run(const std::vector<RowOfRun>& rows) {
  std::map<std::int64_t, std::vector<const RowOfRun*>> sorted;
  for (const auto& row : rows) sorted[row.run_id].push_back(&row);
  return sorted;
}

template <typename RowOfRun>
const std::vector<const RowOfRun*>& of_run(const std::map<std::int64_t, std::vector<const RowOfRun*>>& rows,
                                           std::int64_t run) {
  static const std::vector<const RowOfRun*> none;
  const auto found = rows.find(run);
  return found == rows.end() ? none : found->second;
}

struct RowsByRun {
  std::map<std::int64_t, std::vector<const FigureRow*>> figures;
  std::map<std::int64_t, std::vector<const CurveRow*>> curves;
  std::map<std::int64_t, std::vector<const SpectrumRow*>> spectra;
  std::map<std::int64_t, std::vector<const ImageRow*>> images;
};

/// Leaves one of pictures of originals that do not differ between labels.
void share_originals(std::vector<ReportImage>& images) {
  const auto same_place = [](const ReportImage& a, const ReportImage& b) {
    return a.image.name == kOriginals && b.image.name == kOriginals && a.image.protocol == b.image.protocol &&
           a.image.variant == b.image.variant;
  };
  for (std::size_t first = 0; first < images.size(); ++first) {
    const auto other = [&](const ReportImage& image) { return same_place(images[first], image); };
    const auto differs = [&](const ReportImage& image) {
      return other(image) && image.image.content != images[first].image.content;
    };
    if (images[first].image.name != kOriginals || std::any_of(images.begin(), images.end(), differs))
      continue;
    images[first].shared = true;
    const auto next = images.begin() + static_cast<std::ptrdiff_t>(first) + 1;
    images.erase(std::remove_if(next, images.end(), other), images.end());
  }
}

void add_series(const RowsByRun& rows, Comparison& comparison, const std::vector<LabelledRun>& runs) {
  const std::size_t points = std::clamp(kCurvePointsInAll / std::max<std::size_t>(1, runs.size()),
                                        kCurvePointsAtLeast, kCurvePointsAtMost);
  for (const auto& [label, run] : runs) {
    for (const auto* whole : of_run(rows.curves, run->id)) {
      auto& curve = comparison.curves.emplace_back();
      curve.label = label;
      curve.seed = run->seed;
      curve.status = run->status;
      curve.unfinished = !tells_of_model(*run);
      curve.series = whole->series;
      for (const auto index : decimate_extremes(whole->values, points)) {
        curve.steps.push_back(whole->steps[index]);
        curve.values.push_back(whole->values[index]);
      }
    }
    for (const auto* spectrum : of_run(rows.spectra, run->id))
      comparison.spectra.push_back({label, run->seed, spectrum->name, spectrum->values});
    for (const auto* picture : of_run(rows.images, run->id))
      comparison.images.push_back({label, run->seed, picture->image});
  }
  // As labels stand in the tables.
  std::stable_sort(comparison.images.begin(), comparison.images.end(),
                   [](const ReportImage& a, const ReportImage& b) { return a.label < b.label; });
  share_originals(comparison.images);
}

void add_published(Comparison& comparison, const std::vector<PublishedRow>& published) {
  for (const auto& [suite, record] : published) {
    if (suite != comparison.suite || record.comparison != comparison.name) continue;
    PublishedComparison entry;
    entry.label = record.label;
    entry.column.protocol = record.protocol;
    entry.column.name = record.name;
    entry.column.variant = record.variant;
    entry.column.split = record.split;
    entry.published = record.value;
    entry.published_deviation = record.deviation;
    entry.source = record.source;
    const auto key = [](const MetricColumn& column) {
      return std::tie(column.protocol, column.name, column.variant, column.split);
    };
    const auto label = label_index(comparison, record.label);
    bool measured = false;
    for (const auto& table : comparison.tables) {
      for (std::size_t column = 0; column < table.columns.size() && label < comparison.labels.size();
           ++column) {
        const auto& cell = table.cells[label][column];
        if (key(table.columns[column]) != key(entry.column) || cell.summary.count == 0) continue;
        auto ours = entry;
        ours.column = table.columns[column];
        ours.ours = cell;
        ours.budget_share = comparison.labels[label].budget_share;
        comparison.published.push_back(std::move(ours));
        measured = true;
      }
    }
    if (!measured) comparison.published.push_back(std::move(entry));
  }
}

/// Models of whose latent nothing is left active in any run.
void find_collapsed(Comparison& comparison, const std::vector<LabelledRun>& ok_runs) {
  std::map<std::size_t, double> most;
  for (const auto& [label, run] : ok_runs)
    if (run->active_units) most[label] = std::max(most[label], *run->active_units);
  for (const auto& [label, units] : most) comparison.labels[label].collapsed = units == 0.0;
}

void note_trivial_figures(Comparison& comparison) {
  std::vector<std::string> labels;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label)
    if (comparison.labels[label].collapsed) labels.push_back(comparison.labels[label].label);
  if (labels.empty()) return;
  comparison.notes.push_back(fmt::format(
      "{} {} collapsed, no unit is active: path length, precision and variance of the latent come "
      "to {} for nothing and are not marked.",
      fmt::join(labels, ", "), labels.size() == 1 ? "has" : "have", labels.size() == 1 ? "it" : "them"));
}

/// Settings of each label's last run; options in one line.
void add_settings(Comparison& comparison, const std::vector<LabelledRun>& runs,
                  const std::vector<PluginRecord>& plugins) {
  std::vector<std::vector<Setting>> settings(comparison.labels.size());
  std::vector<std::map<std::string, std::string>> options;
  for (const auto& [label, run] : runs) {
    settings[label] = settings_of(run->spec_json);
    auto& summary = comparison.labels[label];
    summary.version = run->plugin_version;
    summary.budget_share = budget_share(run->spec_json);
    for (const auto& plugin : plugins)
      if (plugin.sha256 == run->plugin_sha256) {
        summary.summary = plugin.summary;
        summary.citation = plugin.citation;
      }
  }
  for (const auto& label : comparison.labels) options.push_back(label.options);
  auto [common, own] = split_settings(settings);
  const auto lines = option_lines(options);
  comparison.settings = std::move(common);
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    comparison.labels[label].settings = std::move(own[label]);
    comparison.labels[label].option_line = lines[label];
  }
}

/// What times depend on: "AMD EPYC, 2 threads, 2 runs at once".
std::string machine_of(const std::vector<EnvironmentRow>& environments, const RunRow& run) {
  const auto found = std::find_if(environments.begin(), environments.end(),
                                  [&](const EnvironmentRow& row) { return row.id == run.environment_id; });
  if (found == environments.end()) return {};
  const auto& e = found->environment;
  return fmt::format("{}{}, {}{}", e.cpu, e.device == "cpu" ? "" : " " + e.device,
                     plural(e.threads, "thread"),
                     run.jobs > 1 ? fmt::format(", {} runs at once", run.jobs) : "");
}

void fill(Comparison& comparison, const ReportRows& rows, const RowsByRun& by_run,
          const std::vector<LabelledRun>& runs) {
  std::vector<LabelledRun> ok_runs;
  std::vector<LabelledFigure> figures;
  std::vector<CostedRun> costs;
  std::set<std::string> machines;
  for (const auto& [label, run] : runs) {
    if (run->status != RunStatus::kOk) continue;
    ok_runs.emplace_back(label, run);
    costs.push_back({label, machine_of(rows.environments, *run), run});
    machines.insert(costs.back().machine);
  }
  // Of each label in the order in which they were measured, whatever the seed.
  auto by_id = ok_runs;
  std::sort(by_id.begin(), by_id.end(), [](const LabelledRun& a, const LabelledRun& b) {
    return std::pair(a.first, a.second->id) < std::pair(b.first, b.second->id);
  });
  for (const auto& [label, run] : by_id)
    for (const auto* figure : of_run(by_run.figures, run->id)) {
      figures.push_back({label, run->seed, run->id, figure->column, figure->value});
      if (machines.size() > 1 && is_of_machine(figure->column))
        figures.back().column.machine = machine_of(rows.environments, *run);
    }
  count_runs(comparison, runs);
  comparison.tables = arrange_metrics(comparison.labels.size(), figures);
  comparison.cost = arrange_cost(comparison.labels.size(), costs);
  find_collapsed(comparison, ok_runs);
  std::vector<AskedOfLabel> asked(comparison.labels.size());
  for (const auto& [label, run] : ok_runs) {
    asked[label].samplers = samplers_of(run->spec_json);
    for (const auto& note : rows.notes)
      if (note.run_id == run->id) asked[label].notes.push_back(note.text);
  }
  explain_absences(comparison.tables, asked);
  for (auto& table : comparison.tables) mark_best(table, comparison.labels);
  mark_best(comparison.cost, comparison.labels);
  add_settings(comparison, runs, rows.plugins);
  add_series(by_run, comparison, runs);
  add_published(comparison, rows.published);
  add_notes(comparison, ok_runs);
  note_uncounted(comparison, rows.uncounted);
  add_instrument_notes(comparison);
  note_trivial_figures(comparison);
  add_run_notes(comparison, ok_runs, rows.notes);
}

std::vector<GivenCommand> given_commands(const std::vector<RunRow>& runs) {
  auto by_id = std::vector<const RunRow*>();
  for (const auto& run : runs)
    if (!run.command.empty()) by_id.push_back(&run);
  std::sort(by_id.begin(), by_id.end(), [](const RunRow* a, const RunRow* b) { return a->id > b->id; });
  std::vector<GivenCommand> commands;
  for (const auto* run : by_id)
    if (std::none_of(commands.begin(), commands.end(), [&](const GivenCommand& known) {
          return known.command == run->command && known.folder == run->folder;
        }))
      commands.push_back({run->place.suite, run->command, run->folder});
  return commands;
}

/// Without runs that count, beside one of the same name that has some: its data set was another one before.
void drop_replaced(std::vector<Comparison>& comparisons) {
  const auto is_replaced = [&](const Comparison& comparison) {
    return comparison.seeds.empty() &&
           std::any_of(comparisons.begin(), comparisons.end(), [&](const Comparison& other) {
             return other.suite == comparison.suite && other.name == comparison.name && !other.seeds.empty();
           });
  };
  std::vector<Comparison> kept;
  for (auto& comparison : comparisons)
    if (!is_replaced(comparison)) kept.push_back(comparison);
  comparisons = std::move(kept);
}

FailedRun failed_run(const RunRow& run) {
  return {run.place.suite, run.place.comparison, run.place.dataset, run.place.label,
          run.seed,        run.attempt,          run.status,        run.exit_code,
          run.signal,      run.message,          run.stderr_tail};
}

}  // namespace

ComparisonReport build_report(const ReportRows& rows, const ReportOptions& options) {
  ComparisonReport report;
  report.options = options;
  report.database_path = rows.database_path;
  report.schema_version = rows.schema_version;
  report.comparisons = lay_out(rows.places);
  const RowsByRun sorted = {by_run(rows.figures), by_run(rows.curves), by_run(rows.spectra),
                            by_run(rows.images)};
  std::map<std::int64_t, std::int64_t> runs_in_environment;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<const RunRow*>> runs_at;
  for (const auto& run : rows.runs) {
    runs_at[{run.place.suite, run.place.comparison, run.place.dataset}].push_back(&run);
    ++runs_in_environment[run.environment_id];
  }
  for (auto& comparison : report.comparisons) {
    std::vector<LabelledRun> runs;
    for (const auto* run : runs_at[{comparison.suite, comparison.name, comparison.dataset}]) {
      runs.emplace_back(label_index(comparison, run->place.label), run);
      ++report.runs;
      if (run->status == RunStatus::kOk) ++report.ok_runs;
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const LabelledRun& a, const LabelledRun& b) { return a.first < b.first; });
    fill(comparison, rows, sorted, runs);
  }
  drop_replaced(report.comparisons);
  report.claims = decide_claims(report.comparisons, rows.claims);
  report.commands = given_commands(rows.runs);
  auto by_id = std::vector<const RunRow*>();
  for (const auto& run : rows.runs)
    if (run.status != RunStatus::kOk) by_id.push_back(&run);
  std::sort(by_id.begin(), by_id.end(), [](const RunRow* a, const RunRow* b) { return a->id < b->id; });
  for (const auto* run : by_id) report.failures.push_back(failed_run(*run));
  for (const auto& row : rows.environments)
    if (const auto found = runs_in_environment.find(row.id); found != runs_in_environment.end())
      report.environments.push_back({row.environment, found->second});
  return report;
}

}  // namespace rraebench
