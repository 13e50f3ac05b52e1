#pragma once
// Implements: tasks given to Slurm: their scripts written, submitted one after another and written down, and
// a last job that merges.

#include "host/program/cluster/plan_folder.hpp"
#include "host/program/cluster/slurm_job.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace rraebench {

/// What is to be submitted, all of it known beforehand.
struct ScriptFile {
  std::filesystem::path file;
  std::string text;
  Submission submission;  // Without the number of a job yet.
};

/// One for each array, then the one that merges. `number`: of the first, so that earlier scripts stay.
std::vector<ScriptFile> make_scripts(const PlanFolder& folder, const std::vector<ResourceClass>& classes,
                                     std::int64_t max_array_size, std::int64_t number);

/// With the commands that would submit them.
void print_scripts(std::ostream& out, const std::vector<ScriptFile>& scripts);

/// Gives what was submitted, the job that merges last. Where Slurm refuses one, those before it are written
/// down, and InfrastructureError says what it said.
std::vector<Submission> submit_scripts(const PlanFolder& folder, const std::vector<ScriptFile>& scripts);

}  // namespace rraebench
