#pragma once
// Implements: Slurm's own commands, asked and understood.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// One element of a job array (or a job without: index -1), as the queue or the accounting has it.
struct JobElement {
  std::string state;     // "RUNNING", "PENDING", "TIMEOUT", ...
  std::string reason;    // Why it waits, where it does.
  std::string run_time;  // "1:05:12"; empty where that is not known.
};

using ElementName = std::pair<std::string, std::int64_t>;  // Job and index.
using JobElements = std::map<ElementName, JobElement>;

/// Whether sbatch is in the PATH.
bool has_slurm();

/// Indices of arrays must stay below this. 1001, which is Slurm's own default, where it does not say.
std::int64_t max_array_size();

/// Submits the script; gives the number of the job. `after`: the job waits for the end of these, however they
/// end. Throws InfrastructureError with what sbatch said.
std::string submit_script(const std::filesystem::path& script, const std::vector<std::string>& after);

/// What the queue has of the jobs, lately ended ones included; nullopt where there is no queue to ask.
std::optional<JobElements> queue_of(const std::vector<std::string>& jobs);

/// What the accounting has of them; nullopt where the site keeps none.
std::optional<JobElements> accounting_of(const std::vector<std::string>& jobs);

/// Throws InfrastructureError.
void cancel_jobs(const std::vector<std::string>& jobs);

/// The pure parts: what the commands' output says.
std::int64_t parse_max_array_size(const std::string& configuration);
JobElements parse_queue(const std::string& output);
JobElements parse_accounting(const std::string& output);

}  // namespace rraebench
