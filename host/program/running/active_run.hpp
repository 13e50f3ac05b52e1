#pragma once
// Implements: one run under way: its worker, what it has reported so far, and its limits.

#include "host/program/planning/plan.hpp"
#include "host/program/processes/line_buffer.hpp"
#include "host/program/processes/worker_process.hpp"
#include "host/program/running/artefact_folder.hpp"
#include "host/program/running/execution_request.hpp"
#include "host/program/running/progress_display.hpp"
#include "host/program/running/run_end.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

class ActiveRun {
 public:
  /// Starts the worker. `notes`: warnings that were shown already.
  ActiveRun(const PlannedRun& run, const ExecutionRequest& request, ProgressDisplay& display,
            std::set<std::string>& notes);

  std::vector<pollfd> poll_set() const { return worker_.poll_set(); }

  /// Takes what the worker wrote, and sees to its limits. Its record, once the worker has ended.
  std::optional<RunRecord> advance();

  /// Asks it to stop, to be continued another time.
  void stop() { stop(StopReason::kRequest); }

  /// After its record is stored: what it left stays, and the checkpoint goes where the run is not to be
  /// continued from it.
  void settle(const RunRecord& record);

  const std::string& identity() const { return run_.identity; }

 private:
  using Clock = std::chrono::steady_clock;

  void stop(StopReason reason);
  bool take_pieces();
  void take_event(std::string_view line);
  void apply(const nlohmann::json& event);
  void refuse(const std::string& what);
  void watch();
  void note_silence();
  RunRecord finish(const WorkerExit& exit);

  const PlannedRun& run_;
  ProgressDisplay& display_;
  std::set<std::string>& notes_;
  RunRecord record_;
  std::filesystem::path checkpoint_;
  std::optional<ArtefactFolder> artefacts_;  // Where it is to leave something.
  WorkerEnd end_;
  std::optional<std::int64_t> memory_kills_before_;
  WorkerProcess worker_;
  Clock::time_point started_;
  Clock::time_point last_event_;
  std::chrono::seconds next_notice_;
  std::string stage_ = "start";
  LineBuffer lines_;
  std::size_t taken_bytes_ = 0;
};

}  // namespace rraebench
