#include "reports/analysis/selection.hpp"

#include "reports/analysis/asked_names.hpp"
#include "reports/analysis/sweeps.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <variant>

namespace rraebench {
namespace {

/// What there is to choose from, gathered on the way, so that a name that chooses nothing can be said.
class Chooser {
 public:
  explicit Chooser(const Selection& selection) : selection_(selection) {}

  bool wants_suite(const std::string& suite) { return wants(selection_.suites, suites_, suite); }
  bool wants_comparison(const std::string& comparison) {
    return wants(selection_.comparisons, comparisons_, comparison);
  }
  bool wants_seed(std::int64_t seed) {
    seeds_.insert(seed);
    const auto& chosen = selection_.seeds;
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), seed) != chosen.end();
  }
  bool wants_dataset(const std::string& dataset) { return wants(selection_.datasets, datasets_, dataset); }
  bool wants_model(const std::string& label, const std::string& model) {
    const auto swept = swept_name(label);
    const auto own = swept ? swept->name : label;  // "VAE" of "VAE beta=0.001".
    models_.insert({label, own, model});
    return selection_.models.empty() || is_asked_for(selection_.models, label) ||
           is_asked_for(selection_.models, own) || is_asked_for(selection_.models, model);
  }
  bool wants_metric(const std::string& protocol, const std::string& name) {
    metrics_.insert({name, protocol + "/" + name});
    return selection_.metrics.empty() || is_asked_for(selection_.metrics, name) ||
           is_asked_for(selection_.metrics, protocol + "/" + name);
  }

  void require_all_found() const {
    require("suite", selection_.suites, suites_);
    require("--comparison", selection_.comparisons, comparisons_);
    require("--models", selection_.models, models_);
    require("--datasets", selection_.datasets, datasets_);
    require("--metrics", selection_.metrics, metrics_);
    for (const auto seed : selection_.seeds)
      if (seeds_.count(seed) == 0)
        throw std::invalid_argument("--seeds: seed " + std::to_string(seed) + " has no results");
  }

 private:
  static bool wants(const std::vector<std::string>& chosen, std::set<std::string>& known,
                    const std::string& name) {
    known.insert(name);
    return chosen.empty() || is_asked_for(chosen, name);
  }

  static void require(const char* what, const std::vector<std::string>& chosen,
                      const std::set<std::string>& known) {
    for (const auto& name : chosen)
      if (!means_any(name, known))
        throw std::invalid_argument(std::string(what) + " '" + name +
                                    "' has no results: " + suggest_name(name, {known.begin(), known.end()}));
  }

  const Selection& selection_;
  std::set<std::string> suites_;
  std::set<std::string> comparisons_;
  std::set<std::int64_t> seeds_;
  std::set<std::string> models_;
  std::set<std::string> datasets_;
  std::set<std::string> metrics_;
};

template <typename Rows, typename Keep>
void keep_if(Rows& rows, const Keep& keep) {
  rows.erase(std::remove_if(rows.begin(), rows.end(), [&](const auto& row) { return !keep(row); }),
             rows.end());
}

}  // namespace

void keep_selected(ReportRows& rows, const Selection& selection) {
  Chooser chooser(selection);
  std::set<std::int64_t> runs;
  std::set<std::string> labels;
  std::set<std::string> sweeps;
  keep_if(rows.runs, [&](const RunRow& run) {
    const bool model = chooser.wants_model(run.place.label, run.model);
    const bool dataset = chooser.wants_dataset(run.place.dataset);
    const bool comparison = chooser.wants_comparison(run.place.comparison);
    const bool seed = chooser.wants_seed(run.seed);
    if (!chooser.wants_suite(run.place.suite) || !comparison || !model || !dataset || !seed) return false;
    runs.insert(run.id);
    labels.insert(run.place.label);
    if (const auto swept = swept_name(run.place.label)) sweeps.insert(swept->name);
    return true;
  });
  keep_if(rows.figures, [&](const FigureRow& row) {
    return chooser.wants_metric(row.column.protocol, row.column.name) && runs.count(row.run_id) > 0;
  });
  chooser.require_all_found();
  const auto of_kept_run = [&](const auto& row) { return runs.count(row.run_id) > 0; };
  keep_if(rows.curves, of_kept_run);
  keep_if(rows.spectra, of_kept_run);
  keep_if(rows.images, of_kept_run);
  keep_if(rows.notes, of_kept_run);
  keep_if(rows.places, [&](const Place& place) {
    return std::any_of(rows.runs.begin(), rows.runs.end(),
                       [&](const RunRow& run) { return run.place == place; });
  });
  keep_if(rows.uncounted, [&](const UncountedRun& run) {
    return chooser.wants_seed(run.seed) &&
           std::find(rows.places.begin(), rows.places.end(), run.place) != rows.places.end();
  });
  keep_if(rows.published, [&](const PublishedRow& row) {
    return labels.count(row.record.label) > 0 && chooser.wants_metric(row.record.protocol, row.record.name);
  });
  keep_if(rows.claims, [&](const ClaimRow& row) {
    const auto& claim = row.record;
    const auto& known = claim.at_equal.empty() ? labels : sweeps;
    return chooser.wants_comparison(claim.comparison) && known.count(claim.label) > 0 &&
           (claim.than.empty() || known.count(claim.than) > 0) &&
           chooser.wants_metric(claim.protocol, claim.name);
  });
}

void keep_selected(Table& table, const Selection& selection) {
  const auto suite = column_of(table, "suite");
  const auto comparison = column_of(table, "comparison");
  const auto seed = column_of(table, "seed");
  if (!selection.seeds.empty() && seed == table.columns.size())
    throw std::invalid_argument(
        "--seeds: rows over all seeds cannot be told by seed; leave it or --summary out");
  const auto dataset = column_of(table, "dataset");
  const auto label = column_of(table, "label");
  const auto model = column_of(table, "model");
  const auto protocol = column_of(table, "protocol");
  const auto name = column_of(table, "name");
  Chooser chooser(selection);
  keep_if(table.rows, [&](const std::vector<Cell>& row) {
    const auto text = [&](std::size_t i) { return std::get<std::string>(row.at(i)); };
    const bool wanted_model = chooser.wants_model(text(label), text(model));
    const bool wanted_dataset = chooser.wants_dataset(text(dataset));
    const bool wanted_metric = chooser.wants_metric(text(protocol), text(name));
    const bool wanted_comparison = chooser.wants_comparison(text(comparison));
    const bool wanted_seed =
        selection.seeds.empty() || chooser.wants_seed(std::get<std::int64_t>(row.at(seed)));
    return chooser.wants_suite(text(suite)) && wanted_comparison && wanted_model && wanted_dataset &&
           wanted_metric && wanted_seed;
  });
  chooser.require_all_found();
}

}  // namespace rraebench
