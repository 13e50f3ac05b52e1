#pragma once
// Implements: the databases that the tasks of a plan left, read one after another.

#include "host/program/cluster/plan_folder.hpp"
#include "host/program/cluster/task_state.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace rraebench {

/// Tasks whose databases may be read although they are unfinished: those that were submitted and that the
/// queue has no more. None where there is no queue to ask: another machine may be writing.
std::vector<bool> ended_tasks(std::int64_t tasks, const std::vector<Submission>& submissions,
                              const ClusterView& view);

/// Of each task its database where that may be read: the whole one, or, of one that has ended, the unfinished
/// one; empty where there is none.
std::vector<std::filesystem::path> readable_files(const PlanFolder& folder, const std::vector<bool>& ended);

/// What they say. A database that is damaged is as none, and said on standard error.
std::vector<std::optional<TaskFile>> read_task_files(const std::vector<std::filesystem::path>& files);

}  // namespace rraebench
