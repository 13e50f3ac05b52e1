#pragma once
// Implements: what planned runs will cost in time, memory and disk, from earlier runs of the same model on
// the same data.

#include "host/program/planning/plan.hpp"
#include "reports/store/run_costs.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Nothing where no earlier run tells.
struct Estimate {
  std::optional<double> seconds;
  std::optional<std::int64_t> memory_bytes;  // The worker's peak.
  std::optional<std::int64_t> disk_bytes;    // What the results file grows by.
};

/// Optimiser steps of all stages, as the trainer counts them where no stage ends early.
std::int64_t planned_steps(const RunSpec& spec);

/// What earlier runs tell of later ones: those with a run's own settings under whatever seed; where there are
/// none, those of the same plugin, data, network and batch on the same device, their training scaled to the
/// run's steps. Time is the median, memory and disk the most that any of them took.
class RunEstimator {
 public:
  explicit RunEstimator(std::vector<RunCost> earlier);

  Estimate estimate(const RunSpec& spec) const;

 private:
  using Positions = std::map<std::string, std::vector<std::size_t>>;

  Estimate of(const std::vector<std::size_t>& positions, std::optional<std::int64_t> steps) const;

  std::vector<RunCost> earlier_;
  Positions by_settings_;  // Where in `earlier_`, by what runs must share for one to tell of the other.
  Positions by_work_;
};

/// What all of them take, each `seconds` started in order as soon as one of `jobs` places is free. Runs
/// without an estimate do not count.
double makespan(const std::vector<Estimate>& runs, std::int64_t jobs);

}  // namespace rraebench
