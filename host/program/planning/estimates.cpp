#include "host/program/planning/estimates.hpp"

#include "host/common/cell.hpp"
#include "host/common/planned_steps.hpp"
#include "host/common/spec_document.hpp"
#include "reports/summary_statistics.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <queue>

namespace rraebench {
namespace {

/// All that a run's settings are, the seed apart.
std::string settings_of(nlohmann::json spec) {
  spec.erase("seed");
  return without_places(std::move(spec)).dump();
}

/// What a run's work depends on besides its training steps.
std::string work_of(const nlohmann::json& spec) {
  nlohmann::json work;
  for (const char* key : {"plugin", "option_files_sha256", "dataset", "dataset_options", "network_family",
                          "network_options", "device"})
    if (spec.contains(key)) work[key] = spec[key];
  if (const auto training = spec.find("training"); training != spec.end())
    for (const char* key : {"batch_size", "precision"})
      if (training->contains(key)) work[key] = (*training)[key];
  return work.dump();
}

/// The wall time of a run that was continued is that of its last part alone; training is counted whole.
double seconds_at(const RunCost& cost, std::int64_t steps) {
  const double rest = std::max(0.0, cost.wall_seconds - cost.train_seconds);
  const double share =
      cost.train_steps > 0 ? static_cast<double>(steps) / static_cast<double>(cost.train_steps) : 1.0;
  return rest + cost.train_seconds * share;
}

}  // namespace

std::int64_t planned_steps(const RunSpec& spec) {
  const auto found = spec.sample_counts.find("train");
  return planned_steps(spec.training, found == spec.sample_counts.end() ? 1 : found->second);
}

RunEstimator::RunEstimator(std::vector<RunCost> earlier) : earlier_(std::move(earlier)) {
  for (std::size_t i = 0; i < earlier_.size(); ++i) {
    auto spec = nlohmann::json::parse(earlier_[i].spec_json, nullptr, /*allow_exceptions=*/false);
    if (!spec.is_object()) continue;
    by_work_[work_of(spec)].push_back(i);
    by_settings_[settings_of(std::move(spec))].push_back(i);
  }
}

Estimate RunEstimator::of(const std::vector<std::size_t>& positions,
                          std::optional<std::int64_t> steps) const {
  std::vector<double> seconds;
  Estimate estimate;
  for (const auto position : positions) {
    const auto& cost = earlier_[position];
    seconds.push_back(seconds_at(cost, steps.value_or(cost.train_steps)));
    estimate.memory_bytes = std::max(estimate.memory_bytes.value_or(0), cost.peak_memory_bytes);
    estimate.disk_bytes = std::max(estimate.disk_bytes.value_or(0), cost.stored_bytes);
  }
  estimate.seconds = summarise_values(std::move(seconds)).median;
  return estimate;
}

Estimate RunEstimator::estimate(const RunSpec& spec) const {
  if (earlier_.empty()) return {};
  auto document = to_json(spec);
  const auto work = by_work_.find(work_of(document));
  const auto settings = by_settings_.find(settings_of(std::move(document)));
  // With the same settings a stage ends early as it did then.
  if (settings != by_settings_.end()) return of(settings->second, std::nullopt);
  if (work != by_work_.end()) return of(work->second, planned_steps(spec));
  return {};
}

double makespan(const std::vector<Estimate>& runs, std::int64_t jobs) {
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (std::int64_t i = 0; i < jobs; ++i) free_at.push(0.0);
  double end = 0.0;
  for (const auto& run : runs) {
    if (!run.seconds) continue;
    const double done = free_at.top() + *run.seconds;
    free_at.pop();
    free_at.push(done);
    end = std::max(end, done);
  }
  return end;
}

}  // namespace rraebench
