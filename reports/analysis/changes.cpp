#include "reports/analysis/changes.hpp"

#include "reports/analysis/holm.hpp"
#include "reports/analysis/metric_tables.hpp"
#include "reports/analysis/seed_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace rraebench {
namespace {

auto instrument_key(const MetricColumn& c) {
  return std::tie(c.unit, c.extractor, c.extractor_sha256, c.reference_count, c.sample_count);
}

/// One figure of a model over its seeds; with several instruments one entry each.
struct ChangingFigure {
  Place place;
  MetricColumn column;
  std::vector<SeedValue> values;   // By seed.
  std::set<std::int64_t> without;  // Seeds that went well and have no such figure, or one that is no number.
  std::set<std::string> machines;  // Where they were measured.
};

/// How a model's runs ended, by seed.
struct Ends {
  Place place;
  std::set<std::int64_t> ok;
  std::set<std::int64_t> failed;  // By the model: a run that was stopped is neither.
};

struct State {
  std::vector<ChangingFigure> figures;
  std::vector<Ends> ends;  // Of every model.

  const Ends* ends_of(const Place& place) const {
    const auto found =
        std::find_if(ends.begin(), ends.end(), [&](const Ends& entry) { return entry.place == place; });
    return found == ends.end() ? nullptr : &*found;
  }
};

std::map<std::int64_t, std::string> machines_of(const ReportRows& rows) {
  std::map<std::int64_t, std::string> machines;
  for (const auto& [id, e] : rows.environments)
    machines[id] = e.cpu + "\n" + e.device + "\n" + std::to_string(e.threads);
  return machines;
}

using FigureKey = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string,
                             std::string, std::string>;

FigureKey figure_of(const ChangingFigure& figure) {
  return std::tuple_cat(place_key(figure.place), figure_key(figure.column));
}

State state_of(const ReportRows& rows) {
  State state;
  const auto machines = machines_of(rows);
  std::map<std::int64_t, const RunRow*> runs;
  for (const auto& run : rows.runs) {
    runs[run.id] = &run;
    auto ends = std::find_if(state.ends.begin(), state.ends.end(),
                             [&](const Ends& entry) { return entry.place == run.place; });
    if (ends == state.ends.end()) ends = state.ends.insert(ends, {run.place, {}, {}});
    if (run.status == RunStatus::kOk)
      ends->ok.insert(run.seed);
    else if (tells_of_model(run))
      ends->failed.insert(run.seed);
  }
  using Instrument = std::tuple<std::string, std::string, std::string, std::int64_t, std::int64_t>;
  std::map<std::pair<FigureKey, Instrument>, std::size_t> found;
  std::map<FigureKey, std::set<std::int64_t>> measured;  // Seeds, by whatever instrument.
  for (const auto& row : rows.figures) {
    const auto run = runs.find(row.run_id);
    if (run == runs.end()) continue;
    const ChangingFigure unmeasured{run->second->place, row.column, {}, {}, {}};
    const auto [entry, added] = found.emplace(
        std::pair(figure_of(unmeasured), Instrument(instrument_key(row.column))), state.figures.size());
    if (added) state.figures.push_back(unmeasured);
    if (!row.value) continue;
    auto& figure = state.figures[entry->second];
    figure.values.push_back({run->second->seed, *row.value, row.run_id});
    measured[figure_of(figure)].insert(run->second->seed);
    const auto machine = machines.find(run->second->environment_id);
    if (machine != machines.end())
      figure.machines.insert(machine->second + "\n" + std::to_string(run->second->jobs));
  }
  for (auto& figure : state.figures) {
    std::sort(figure.values.begin(), figure.values.end(),
              [](const SeedValue& a, const SeedValue& b) { return a.seed < b.seed; });
    const auto& seeds = measured[figure_of(figure)];
    for (const auto seed : state.ends_of(figure.place)->ok)
      if (seeds.count(seed) == 0) figure.without.insert(seed);
  }
  return state;
}

/// Whether a seed that gave the figure goes well without it now.
bool loses_a_seed(const ChangingFigure& before, const ChangingFigure& after) {
  return std::any_of(before.values.begin(), before.values.end(),
                     [&](const SeedValue& entry) { return after.without.count(entry.seed) > 0; });
}

bool has_seed(const std::vector<SeedValue>& values, std::int64_t seed) {
  return std::any_of(values.begin(), values.end(),
                     [&](const SeedValue& entry) { return entry.seed == seed; });
}

bool share_seeds(const std::vector<SeedValue>& a, const std::vector<SeedValue>& b) {
  return std::any_of(a.begin(), a.end(), [&](const SeedValue& entry) { return has_seed(b, entry.seed); });
}

/// Those of `values` whose seeds `others` have, too; all, where they share none.
std::vector<SeedValue> of_shared_seeds(const std::vector<SeedValue>& values,
                                       const std::vector<SeedValue>& others) {
  std::vector<SeedValue> shared;
  std::copy_if(values.begin(), values.end(), std::back_inserter(shared),
               [&](const SeedValue& entry) { return has_seed(others, entry.seed); });
  return shared.empty() ? values : shared;
}

bool equal_values(const std::vector<SeedValue>& a, const std::vector<SeedValue>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SeedValue& x, const SeedValue& y) {
    return x.seed == y.seed && x.value == y.value;
  });
}

SummaryStatistics summary_of(const std::vector<SeedValue>& entries) {
  std::vector<double> values;
  for (const auto& entry : entries) values.push_back(entry.value);
  return summarise_values(values);
}

ChangeKind direction(const MetricColumn& column, double difference) {
  if (column.better.empty()) return ChangeKind::kOther;
  return (difference < 0.0) == (column.better == "lower") ? ChangeKind::kBetter : ChangeKind::kWorse;
}

Change change_of(const ChangingFigure& before, const ChangingFigure& after, double tolerance) {
  Change change{
      after.place,     after.column, ChangeKind::kSame, summary_of(before.values), summary_of(after.values),
      PairTest::kNone, std::nullopt};
  if (loses_a_seed(before, after) || loses_a_seed(after, before)) {
    change.kind = loses_a_seed(before, after) ? ChangeKind::kFails : ChangeKind::kMended;
    return change;
  }
  const auto old_values = of_shared_seeds(before.values, after.values);
  const auto new_values = of_shared_seeds(after.values, before.values);
  change.before = summary_of(old_values);
  change.after = summary_of(new_values);
  if (equal_values(old_values, new_values)) return change;
  if (is_of_machine(after.column) && before.machines != after.machines) {
    change.kind = ChangeKind::kIncomparable;
    return change;
  }
  const auto compared = compare_seeds(new_values, old_values);
  const double size = std::max(std::abs(change.before.mean), std::abs(change.after.mean));
  change.test = compared.test;
  if (compared.test != PairTest::kNone) change.p_value = compared.p_value;
  // Without a test, times say what else the machine did, and other seeds that they are others.
  const bool is_by_chance = is_of_machine(after.column) || !share_seeds(before.values, after.values);
  if (compared.test == PairTest::kNone && is_by_chance) {
    change.kind = ChangeKind::kIncomparable;
    return change;
  }
  const double difference = change.after.mean - change.before.mean;
  change.kind = std::abs(difference) > tolerance * size ? direction(after.column, difference)
                                                        : ChangeKind::kWithinNoise;
  return change;
}

bool share(const std::set<std::int64_t>& a, const std::set<std::int64_t>& b) {
  return std::any_of(a.begin(), a.end(), [&](std::int64_t seed) { return b.count(seed) > 0; });
}

/// A seed that is only in one of the two says nothing of the model.
void add_ends(std::vector<Change>& changes, const State& before, const State& after) {
  const auto add = [&](const Place& place, ChangeKind kind, std::size_t was, std::size_t is) {
    Change change{place, {}, kind, {}, {}, PairTest::kNone, std::nullopt};
    change.before.count = was;
    change.after.count = is;
    changes.push_back(std::move(change));
  };
  for (const auto& was : before.ends) {
    const auto* is = after.ends_of(was.place);
    const auto now = is == nullptr ? std::size_t{0} : is->ok.size();
    if (is != nullptr && share(was.ok, is->failed))
      add(was.place, ChangeKind::kFails, was.ok.size(), now);
    else if (is != nullptr && share(was.failed, is->ok))
      add(was.place, ChangeKind::kMended, was.ok.size(), now);
    else if (!was.ok.empty() && now == 0)
      add(was.place, ChangeKind::kGone, was.ok.size(), now);
  }
  for (const auto& is : after.ends)
    if (before.ends_of(is.place) == nullptr && !is.ok.empty())
      add(is.place, ChangeKind::kNew, 0, is.ok.size());
}

/// Figures that no run gives any more, of models that still go well.
void add_gone_figures(std::vector<Change>& changes, const State& before, const State& after) {
  std::set<FigureKey> still;
  for (const auto& figure : after.figures) still.insert(figure_of(figure));
  for (const auto& figure : before.figures) {
    const auto* ends = after.ends_of(figure.place);
    if (figure.values.empty() || ends == nullptr || ends->ok.empty() || still.count(figure_of(figure)) > 0)
      continue;
    changes.push_back({figure.place,
                       figure.column,
                       ChangeKind::kGone,
                       summary_of(figure.values),
                       {},
                       PairTest::kNone,
                       std::nullopt});
  }
}

/// Changes that are no larger than what seeds make, when all tests are looked at together.
void quieten_noise(std::vector<Change>& changes) {
  std::vector<double> p_values;
  for (const auto& change : changes)
    if (change.p_value) p_values.push_back(*change.p_value);
  const auto adjusted = holm_adjusted(p_values);
  std::size_t next = 0;
  for (auto& change : changes) {
    if (!change.p_value) continue;
    change.p_value = adjusted[next++];
    if (!(*change.p_value < kSignificance)) change.kind = ChangeKind::kWithinNoise;
  }
}

}  // namespace

const char* change_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kWorse:
      return "worse";
    case ChangeKind::kFails:
      return "fails";
    case ChangeKind::kBetter:
      return "better";
    case ChangeKind::kMended:
      return "mended";
    case ChangeKind::kOther:
      return "changed";
    case ChangeKind::kIncomparable:
      return "not comparable";
    case ChangeKind::kGone:
      return "gone";
    case ChangeKind::kNew:
      return "new";
    case ChangeKind::kWithinNoise:
      return "within noise";
    case ChangeKind::kSame:
      break;
  }
  return "same";
}

std::vector<Change> find_changes(const ReportRows& before, const ReportRows& after, double tolerance) {
  const auto old_state = state_of(before);
  const auto new_state = state_of(after);
  std::vector<Change> changes;
  add_ends(changes, old_state, new_state);
  add_gone_figures(changes, old_state, new_state);
  std::map<FigureKey, std::vector<const ChangingFigure*>> known;
  for (const auto& figure : old_state.figures) known[figure_of(figure)].push_back(&figure);
  for (const auto& figure : new_state.figures) {
    const auto found = known.find(figure_of(figure));
    if (found == known.end()) continue;  // A model that is new, or a metric.
    const auto same =
        std::find_if(found->second.begin(), found->second.end(), [&](const ChangingFigure* other) {
          return instrument_key(other->column) == instrument_key(figure.column);
        });
    if (same != found->second.end())
      changes.push_back(change_of(**same, figure, tolerance));
    else
      changes.push_back({figure.place, figure.column, ChangeKind::kIncomparable,
                         summary_of(found->second.front()->values), summary_of(figure.values),
                         PairTest::kNone, std::nullopt});
  }
  quieten_noise(changes);
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.kind < b.kind; });
  return changes;
}

}  // namespace rraebench
