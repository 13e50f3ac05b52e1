#include "host/program/cluster/task_files.hpp"

#include "host/program/running/suite_session.hpp"
#include "reports/text.hpp"

#include <iostream>
#include <set>
#include <string>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

/// One look at the folder: asking for ten thousand names one by one costs a network file system minutes.
std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

std::vector<bool> ended_tasks(std::int64_t tasks, const std::vector<Submission>& submissions,
                              const ClusterView& view) {
  std::vector<bool> ended(static_cast<std::size_t>(tasks), false);
  if (!view.queue) return ended;
  for (const auto& submission : submissions)
    for (const auto task : submission.tasks) {
      if (task < 0 || task >= tasks) continue;
      const auto found = view.queue->find({submission.job_id, task - submission.offset});
      ended[static_cast<std::size_t>(task)] = found == view.queue->end() || !is_active(found->second.state);
    }
  return ended;
}

std::vector<fs::path> readable_files(const PlanFolder& folder, const std::vector<bool>& ended) {
  const auto names = names_in(folder.tasks());
  std::vector<fs::path> files(ended.size());
  for (std::size_t task = 0; task < ended.size(); ++task) {
    const auto whole = folder.database_of(static_cast<std::int64_t>(task));
    const auto unfinished = unfinished_name(whole);
    if (names.count(whole.filename().string()) > 0)
      files[task] = whole;
    else if (ended[task] && names.count(unfinished.filename().string()) > 0)
      files[task] = unfinished;
  }
  return files;
}

std::vector<std::optional<TaskFile>> read_task_files(const std::vector<fs::path>& files) {
  std::vector<std::optional<TaskFile>> read(files.size());
  for (std::size_t task = 0; task < files.size(); ++task) {
    if (files[task].empty()) continue;
    try {
      const auto database = ResultsDatabase::open_read_only(files[task]);
      read[task] = TaskFile{files[task].extension() == ".db", read_run_ends(database)};
    } catch (const DatabaseError& error) {
      std::cerr << "warning: " << printable(error.what()) << "\n";
    }
  }
  return read;
}

}  // namespace rraebench
