#pragma once
// Implements: the batch scripts that Slurm is given, as text.

#include "host/program/cluster/plan_folder.hpp"
#include "host/program/cluster/slurm_job.hpp"
#include "host/program/cluster/task_ranges.hpp"

#include <filesystem>
#include <string>

namespace rraebench {

/// Carries out the tasks of `array`, one each. A task that is told to stop saves its checkpoint and, while
/// Slurm has it as running (it was not cancelled), goes back into the queue.
std::string array_script(const PlanFolder& folder, const SlurmJob& job, const TaskArray& array,
                         const std::filesystem::path& program);

/// Merges what the tasks left.
std::string collecting_script(const PlanFolder& folder, const SlurmJob& job,
                              const std::filesystem::path& program);

}  // namespace rraebench
