#include "host/program/cluster/job_script.hpp"

#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rraebench {
namespace {

constexpr std::int64_t kSecondsToSave = 120;  // Before the end of its time a task is told to stop.

/// Slurm reads names of files in #SBATCH lines as patterns.
std::string without_patterns(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '%' ? "%%" : std::string(1, c);
  return text;
}

std::string directive(const std::string& option, const std::string& value) {
  return "#SBATCH --" + option + "=" + quote_shell(value) + "\n";
}

std::string shared_directives(const PlanFolder& folder, const SlurmJob& job, const std::string& log) {
  auto text = directive("output", without_patterns(folder.logs().string()) + "/" + log);
  text += "#SBATCH --open-mode=append\n#SBATCH --nodes=1\n#SBATCH --ntasks=1\n";
  if (!job.partition.empty()) text += directive("partition", job.partition);
  if (!job.account.empty()) text += directive("account", job.account);
  return text;
}

/// "quick-20260131-120000", by which one plan's jobs are told from another's.
std::string job_name(const PlanFolder& folder) {
  return folder.path().stem().string();
}

std::string preamble_of(const SlurmJob& job) {
  if (job.preamble.empty()) return "";
  return job.preamble + (job.preamble.back() == '\n' ? "" : "\n");
}

/// A short time is not over before it has begun.
std::int64_t seconds_to_save(const SlurmJob& job) {
  return job.minutes ? std::min(kSecondsToSave, *job.minutes * 60 / 4) : kSecondsToSave;
}

}  // namespace

std::string array_script(const PlanFolder& folder, const SlurmJob& job, const TaskArray& array,
                         const std::filesystem::path& program) {
  auto text = "#!/bin/bash\n" + directive("job-name", job_name(folder));
  text += directive("array", array.indices() + (job.throttle > 0 ? fmt::format("%{}", job.throttle) : ""));
  text += shared_directives(folder, job, "%A_%a.log");
  text += fmt::format("#SBATCH --cpus-per-task={}\n", job.cpus);
  if (job.gpus > 0) text += fmt::format("#SBATCH --gpus={}\n", job.gpus);
  if (job.minutes) text += fmt::format("#SBATCH --time={}\n", *job.minutes);
  if (job.memory_mib) text += fmt::format("#SBATCH --mem={}M\n", *job.memory_mib);
  text += fmt::format("#SBATCH --requeue\n#SBATCH --signal=B:TERM@{}\n", seconds_to_save(job));
  text += preamble_of(job);
  text += fmt::format("task=$((SLURM_ARRAY_TASK_ID + {}))\n", array.offset);
  text +=
      fmt::format("{} run --plan-file {} --task \"$task\" --threads \"${{SLURM_CPUS_PER_TASK:-{}}}\"{} &\n",
                  quote_shell(program.string()), quote_shell(folder.plan().string()), job.cpus,
                  job.retry ? " --retry" : "");
  text += R"sh(run=$!
# A signal comes to this shell alone; all that it interrupts is the wait.
told=
trap 'told=1; kill -TERM "$run" 2>/dev/null' TERM
while :; do
  wait "$run"; code=$?
  [ -n "$told" ] || break
  told=
done
)sh";
  text += fmt::format(
      R"sh(# Told to stop before it was done, the task goes on from its checkpoint, unless it was cancelled.
if [ "$code" -eq 130 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {} ]; then
  job="${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
  [ "$(squeue --noheader --jobs="$job" --format=%T 2>/dev/null)" = RUNNING ] && scontrol requeue "$job"
fi
exit "$code"
)sh",
      job.requeues);
  return text;
}

std::string collecting_script(const PlanFolder& folder, const SlurmJob& job,
                              const std::filesystem::path& program) {
  auto text = "#!/bin/bash\n" + directive("job-name", job_name(folder) + "-collect");
  text += shared_directives(folder, job, "collect-%j.log");
  if (job.minutes) text += fmt::format("#SBATCH --time={}\n", std::min<std::int64_t>(*job.minutes, 60));
  text += preamble_of(job);
  text += fmt::format("exec {} slurm collect {}\n", quote_shell(program.string()),
                      quote_shell(folder.path().string()));
  return text;
}

}  // namespace rraebench
