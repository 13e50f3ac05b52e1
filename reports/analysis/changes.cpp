#include "reports/analysis/changes.hpp"

#include "reports/analysis/holm.hpp"
#include "reports/analysis/seed_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace rraebench {
namespace {

auto key(const Place& place) {
  return std::tie(place.suite, place.comparison, place.dataset, place.label);
}

auto instrument_key(const MetricColumn& c) {
  return std::tie(c.unit, c.extractor, c.extractor_sha256, c.reference_count, c.sample_count);
}

/// One figure of a model over its seeds; with several instruments one entry each.
struct ChangingFigure {
  Place place;
  MetricColumn column;
  std::vector<SeedValue> values;   // By seed.
  std::set<std::string> machines;  // Where they were measured.
};

struct State {
  std::vector<ChangingFigure> figures;
  std::vector<std::pair<Place, std::int64_t>> ok_runs;  // Of every model.
};

std::map<std::int64_t, std::string> machines_of(const ReportRows& rows) {
  std::map<std::int64_t, std::string> machines;
  for (const auto& [id, e] : rows.environments)
    machines[id] = e.cpu + "\n" + e.device + "\n" + std::to_string(e.threads);
  return machines;
}

State state_of(const ReportRows& rows) {
  State state;
  const auto machines = machines_of(rows);
  std::map<std::int64_t, const RunRow*> runs;
  for (const auto& run : rows.runs) {
    runs[run.id] = &run;
    auto place = std::find_if(state.ok_runs.begin(), state.ok_runs.end(),
                              [&](const auto& entry) { return key(entry.first) == key(run.place); });
    if (place == state.ok_runs.end()) place = state.ok_runs.insert(place, {run.place, 0});
    if (run.status == RunStatus::kOk) ++place->second;
  }
  using Key =
      std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                 std::string, std::string, std::string, std::string, std::int64_t, std::int64_t>;
  std::map<Key, std::size_t> found;
  for (const auto& row : rows.figures) {
    const auto run = runs.find(row.run_id);
    if (run == runs.end() || !row.value) continue;
    const auto& place = run->second->place;
    const Key whole = std::tuple_cat(key(place), figure_key(row.column), instrument_key(row.column));
    const auto [entry, added] = found.emplace(whole, state.figures.size());
    if (added) state.figures.push_back({place, row.column, {}, {}});
    auto& figure = state.figures[entry->second];
    figure.values.push_back({run->second->seed, *row.value, row.run_id});
    const auto machine = machines.find(run->second->environment_id);
    if (machine != machines.end())
      figure.machines.insert(machine->second + "\n" + std::to_string(run->second->jobs));
  }
  for (auto& figure : state.figures)
    std::sort(figure.values.begin(), figure.values.end(),
              [](const SeedValue& a, const SeedValue& b) { return a.seed < b.seed; });
  return state;
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

bool is_time(const MetricColumn& column) {
  return column.unit == "s";
}

ChangeKind direction(const MetricColumn& column, double difference) {
  if (column.better.empty()) return ChangeKind::kOther;
  return (difference < 0.0) == (column.better == "lower") ? ChangeKind::kBetter : ChangeKind::kWorse;
}

Change change_of(const ChangingFigure& before, const ChangingFigure& after, double tolerance) {
  Change change{
      after.place,     after.column, ChangeKind::kSame, summary_of(before.values), summary_of(after.values),
      PairTest::kNone, std::nullopt};
  if (equal_values(before.values, after.values)) return change;
  if (is_time(after.column) && before.machines != after.machines) {
    change.kind = ChangeKind::kIncomparable;
    return change;
  }
  const auto compared = compare_seeds(after.values, before.values);
  const double size = std::max(std::abs(change.before.mean), std::abs(change.after.mean));
  change.test = compared.test;
  if (compared.test != PairTest::kNone) change.p_value = compared.p_value;
  const double difference = change.after.mean - change.before.mean;
  change.kind = std::abs(difference) > tolerance * size ? direction(after.column, difference)
                                                        : ChangeKind::kWithinNoise;
  return change;
}

void add_ends(std::vector<Change>& changes, const State& before, const State& after) {
  const auto ok_of = [](const State& state, const Place& place) -> std::optional<std::int64_t> {
    for (const auto& [other, count] : state.ok_runs)
      if (key(other) == key(place)) return count;
    return std::nullopt;
  };
  const auto add = [&](const Place& place, ChangeKind kind, std::int64_t was, std::int64_t is) {
    Change change{place, {}, kind, {}, {}, PairTest::kNone, std::nullopt};
    change.before.count = static_cast<std::size_t>(was);
    change.after.count = static_cast<std::size_t>(is);
    changes.push_back(std::move(change));
  };
  for (const auto& [place, was] : before.ok_runs) {
    const auto is = ok_of(after, place);
    if (!is)
      add(place, ChangeKind::kGone, was, 0);
    else if (*is != was)
      add(place, *is < was ? ChangeKind::kFails : ChangeKind::kMended, was, *is);
  }
  for (const auto& [place, is] : after.ok_runs)
    if (!ok_of(before, place)) add(place, ChangeKind::kNew, 0, is);
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
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string,
                         std::string, std::string>;
  std::map<Key, std::vector<const ChangingFigure*>> known;
  for (const auto& figure : old_state.figures)
    known[std::tuple_cat(key(figure.place), figure_key(figure.column))].push_back(&figure);
  for (const auto& figure : new_state.figures) {
    const auto found = known.find(std::tuple_cat(key(figure.place), figure_key(figure.column)));
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
