#include "host/program/cluster/slurm_job.hpp"

#include "host/common/errors.hpp"
#include "host/common/json_fields.hpp"
#include "host/common/quantities.hpp"
#include "host/program/suites/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <utility>

namespace rraebench {
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;
constexpr double kTimeReserve = 2.0;  // The node may be slower than the machine of the earlier runs.
constexpr double kMemoryReserve = 1.5;
constexpr std::int64_t kMinutesBesides = 5;  // Loading, the plan, checks.
constexpr std::int64_t kMebibytesBesides = 512;
constexpr std::int64_t kShortestMinutes = 15;
constexpr std::int64_t kLeastMebibytes = 1024;

template <typename Job, typename Visitor>
void visit_job_fields(Job& job, Visitor&& visit) {
  visit("partition", job.partition);
  visit("account", job.account);
  visit("preamble", job.preamble);
  visit("cpus", job.cpus);
  visit("gpus", job.gpus);
  visit("throttle", job.throttle);
  visit("requeues", job.requeues);
  visit("retry", job.retry);
}

std::int64_t power_of_two_times(std::int64_t least, double needed) {
  while (static_cast<double>(least) < needed) least *= 2;
  return least;
}

/// What the runs of one task will need, as far as that is known of every one.
struct Needs {
  std::optional<double> seconds = 0.0;
  std::optional<std::int64_t> memory_bytes = 0;
};

/// Of a run that no earlier one tells of, its limits.
void add_run(Needs& needs, const PlanEntry& entry, const PlannedExecution& execution) {
  std::optional<double> seconds;
  if (entry.estimate.seconds) seconds = kTimeReserve * *entry.estimate.seconds;
  for (const double limit : {entry.judged.run.time_limit_seconds, execution.time_limit_seconds})
    if (limit > 0.0) seconds = std::min(seconds.value_or(limit), limit);
  std::optional<std::int64_t> memory;
  if (entry.estimate.memory_bytes)
    memory = std::llround(kMemoryReserve * static_cast<double>(*entry.estimate.memory_bytes));
  if (const auto limit = execution.memory_limit_bytes; limit > 0)
    memory = std::min(memory.value_or(limit), limit);
  if (seconds && needs.seconds)
    *needs.seconds += *seconds;
  else
    needs.seconds.reset();
  if (memory && needs.memory_bytes)
    *needs.memory_bytes = std::max(*needs.memory_bytes, *memory);
  else
    needs.memory_bytes.reset();
}

SlurmJob completed(SlurmJob job, const Needs& needs) {
  if (!job.minutes && needs.seconds)
    job.minutes = std::min(
        static_cast<std::int64_t>(kMostMinutes),
        power_of_two_times(kShortestMinutes, *needs.seconds / 60.0 + static_cast<double>(kMinutesBesides)));
  if (!job.memory_mib && needs.memory_bytes)
    job.memory_mib =
        power_of_two_times(kLeastMebibytes, static_cast<double>(*needs.memory_bytes) / kMebibyte +
                                                static_cast<double>(kMebibytesBesides));
  return job;
}

std::optional<std::int64_t> times(const std::optional<std::int64_t>& value, double scale) {
  if (!value) return value;
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(*value) * scale));
}

/// Slurm's "[D-]HH:MM:SS"; nothing for another text.
std::optional<std::int64_t> minutes_of_clock(const std::string& text) {
  std::int64_t days = 0;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  std::int64_t seconds = 0;
  char dash = 0;
  char colon = 0;
  char other = 0;
  const auto end_of_days = text.find('-');
  const bool has_days = end_of_days != std::string::npos;
  if (has_days) {
    std::istringstream whole(text);
    if (!(whole >> days >> dash) || dash != '-') return std::nullopt;
  }
  std::istringstream clock(has_days ? text.substr(end_of_days + 1) : text);
  if (!(clock >> hours >> colon >> minutes >> other >> seconds) || colon != ':' || other != ':' ||
      !clock.eof())
    return std::nullopt;
  const bool valid = days >= 0 && days < 3650 && hours >= 0 && hours < 10000 && minutes >= 0 &&
                     minutes < 60 && seconds >= 0 && seconds < 60;
  if (!valid) return std::nullopt;
  return days * 1440 + hours * 60 + minutes + (seconds > 0 ? 1 : 0);
}

}  // namespace

bool SlurmJob::operator==(const SlurmJob& other) const {
  return to_json(*this) == to_json(other);
}

nlohmann::json to_json(const SlurmJob& job) {
  nlohmann::json document;
  visit_job_fields(job, write_fields_to(document));
  if (job.minutes) document["minutes"] = *job.minutes;
  if (job.memory_mib) document["memory_mib"] = *job.memory_mib;
  return document;
}

SlurmJob slurm_job_from_json(const nlohmann::json& document) {
  SlurmJob job;
  visit_job_fields(job, read_fields_from(document));
  if (document.contains("minutes")) job.minutes = document.at("minutes").get<std::int64_t>();
  if (document.contains("memory_mib")) job.memory_mib = document.at("memory_mib").get<std::int64_t>();
  return job;
}

std::vector<ResourceClass> resource_classes(const RunPlan& plan, const SlurmJob& told) {
  std::map<std::int64_t, Needs> tasks;
  for (const auto& entry : plan.entries)
    if (entry.task) add_run(tasks[*entry.task], entry, plan.execution);
  std::vector<ResourceClass> classes;
  for (const auto& [task, needs] : tasks) {
    const auto job = completed(told, needs);
    auto found = std::find_if(classes.begin(), classes.end(),
                              [&](const ResourceClass& other) { return other.job == job; });
    if (found == classes.end()) found = classes.insert(found, {job, {}});
    found->tasks.push_back(task);
  }
  return classes;
}

SlurmJob scaled(SlurmJob job, double time_scale, double memory_scale) {
  job.minutes = times(job.minutes, time_scale);
  job.memory_mib = times(job.memory_mib, memory_scale);
  return job;
}

std::int64_t parse_minutes(const std::string& text, const std::string& option) {
  if (const auto minutes = minutes_of_clock(text); minutes && *minutes > 0) return *minutes;
  if (text.find(':') != std::string::npos || text.find('-') != std::string::npos)
    throw UserError("--" + option + " is '" + text + "' but must be such as 90m, 2h, 1-12:00:00 or 02:30:00");
  const double seconds = parse_duration(text, option);
  if (seconds / 60.0 > kMostMinutes) throw UserError("--" + option + " is '" + text + "', which is too long");
  return static_cast<std::int64_t>(std::ceil(seconds / 60.0));
}

}  // namespace rraebench
