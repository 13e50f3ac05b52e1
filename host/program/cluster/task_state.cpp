#include "host/program/cluster/task_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rraebench {
namespace {

bool is_waiting(const std::string& slurm_state) {
  constexpr std::array<const char*, 6> kWaiting = {"PENDING",      "REQUEUED",     "REQUEUE_FED",
                                                   "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"};
  return std::find(kWaiting.begin(), kWaiting.end(), slurm_state) != kWaiting.end();
}

bool is_running(const std::string& slurm_state) {
  constexpr std::array<const char*, 8> kRunning = {"RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED",
                                                   "STOPPED", "SIGNALING",  "STAGE_OUT",   "RESIZING"};
  return std::find(kRunning.begin(), kRunning.end(), slurm_state) != kRunning.end();
}

const JobElement* find(const std::optional<JobElements>& elements, const ElementName& name) {
  if (!elements) return nullptr;
  const auto found = elements->find(name);
  return found == elements->end() ? nullptr : &found->second;
}

/// What the task left says by itself.
std::optional<TaskStanding> judge_file(const std::optional<TaskFile>& file) {
  if (!file || !file->is_whole || file->ends.empty()) return std::nullopt;
  TaskStanding standing;
  standing.state = TaskState::kDone;
  std::size_t failed = 0;
  for (const auto& end : file->ends) {
    if (end.status == RunStatus::kOk) continue;
    standing.state = TaskState::kFailed;
    if (++failed == 1) standing.why = fmt::format("{}: {}", run_status_name(end.status), end.message);
  }
  if (failed > 1) standing.why = fmt::format("{} of {} runs: {}", failed, file->ends.size(), standing.why);
  return standing;
}

/// Why a task that is no more did not end as it should.
std::string why_lost(const std::optional<TaskFile>& file, const JobElement* queue,
                     const JobElement* accounting) {
  // The machine's faults stand in the file.
  if (file)
    for (const auto& end : file->ends)
      if (end.status != RunStatus::kOk && end.status != RunStatus::kInterrupted)
        return fmt::format("{}: {}", run_status_name(end.status), end.message);
  for (const auto* element : {accounting, queue})
    if (element != nullptr && element->state != "COMPLETED") return element->state;
  return "left the queue before its runs were over; its log says more";
}

TaskStanding judge_submitted(const std::optional<TaskFile>& file, const Submission& submission,
                             std::int64_t task, const ClusterView& view) {
  const ElementName name{submission.job_id, task - submission.offset};
  const auto* queue = find(view.queue, name);
  const auto* accounting = find(view.accounting, name);
  TaskStanding standing;
  if (queue != nullptr && is_waiting(queue->state)) {
    standing.state = TaskState::kPending;
    standing.why = queue->reason == "None" ? "" : queue->reason;
  } else if (queue != nullptr && is_running(queue->state)) {
    standing.state = TaskState::kRunning;
    standing.why = queue->state == "RUNNING" ? "" : queue->state;
  } else if (auto judged = judge_file(file)) {
    standing = *judged;
  } else if (!view.queue && (accounting == nullptr || is_active(accounting->state))) {
    standing.state = TaskState::kUnknown;
  } else {
    standing.state = TaskState::kLost;
    standing.why = why_lost(file, queue, accounting);
  }
  standing.job = fmt::format("{}_{}", name.first, name.second);
  return standing;
}

}  // namespace

const char* task_state_name(TaskState state) {
  switch (state) {
    case TaskState::kNotSubmitted:
      return "not submitted";
    case TaskState::kPending:
      return "pending";
    case TaskState::kRunning:
      return "running";
    case TaskState::kDone:
      return "done";
    case TaskState::kFailed:
      return "failed";
    case TaskState::kLost:
      return "lost";
    case TaskState::kUnknown:
      return "unknown";
  }
  return "unknown";
}

bool is_active(const std::string& slurm_state) {
  return is_waiting(slurm_state) || is_running(slurm_state);
}

std::vector<TaskStanding> judge_tasks(const std::vector<std::optional<TaskFile>>& files,
                                      const std::vector<Submission>& submissions, const ClusterView& view) {
  std::vector<const Submission*> last(files.size(), nullptr);
  for (const auto& submission : submissions)
    for (const auto task : submission.tasks)
      if (task >= 0 && static_cast<std::size_t>(task) < last.size())
        last[static_cast<std::size_t>(task)] = &submission;
  std::vector<TaskStanding> standings;
  standings.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto task = static_cast<std::int64_t>(i);
    auto standing = last[i] != nullptr ? judge_submitted(files[i], *last[i], task, view)
                                       : judge_file(files[i]).value_or(TaskStanding{});
    standing.task = task;
    standings.push_back(std::move(standing));
  }
  return standings;
}

}  // namespace rraebench
