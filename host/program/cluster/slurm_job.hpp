#pragma once
// Implements: what tasks ask a Slurm site for, as told by the user or guessed from what their runs took
// before.

#include "host/program/planning/run_plan.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Of one task. Empty, 0 or nothing: as the site has it.
struct SlurmJob {
  std::string partition;
  std::string account;
  std::string preamble;  // Shell lines before the task: modules to load, further #SBATCH lines.
  std::int64_t cpus = 1;
  std::int64_t gpus = 0;
  std::optional<std::int64_t> minutes;
  std::optional<std::int64_t> memory_mib;
  std::int64_t throttle = 0;   // Tasks at a time.
  std::int64_t requeues = 10;  // So often a task that was told to stop goes back into the queue by itself.
  bool retry = false;          // Also runs that failed by their model's fault.

  bool operator==(const SlurmJob& other) const;
};

nlohmann::json to_json(const SlurmJob& job);
/// Throws nlohmann::json::exception.
SlurmJob slurm_job_from_json(const nlohmann::json& document);

/// Tasks that ask for the same.
struct ResourceClass {
  SlurmJob job;
  std::vector<std::int64_t> tasks;  // Ascending.
};

/// What `told` leaves open of time and memory is guessed for each task: twice the time and half more memory
/// than its runs took before, or what their limits allow; in powers of two, so that few classes come of it.
/// Nothing where nothing is known.
std::vector<ResourceClass> resource_classes(const RunPlan& plan, const SlurmJob& told);

/// `minutes` and `memory_mib` times these.
SlurmJob scaled(SlurmJob job, double time_scale, double memory_scale);

/// Minutes of "90s", "10m", "2h", and of Slurm's "HH:MM:SS" and "D-HH:MM:SS", rounded up. Throws UserError.
std::int64_t parse_minutes(const std::string& text, const std::string& option);

}  // namespace rraebench
