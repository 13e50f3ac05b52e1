#pragma once
// Implements: the file that says what a suite does right now, kept up to date while it runs.

#include "host/common/events.hpp"
#include "host/program/running/live_status.hpp"
#include "reports/store/run_record.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace rraebench {

/// What runs are expected to take, by identity.
using ExpectedSeconds = std::map<std::string, std::optional<double>>;

/// Written when a run begins, else at most every other second, and removed in the end; where it cannot be
/// written there is none, and the work goes on.
class LiveStatusWriter {
 public:
  /// `status`: who runs, and what was complete. `expected`: of all runs to do.
  LiveStatusWriter(const std::filesystem::path& checkpoint_folder, LiveStatus status,
                   ExpectedSeconds expected);
  ~LiveStatusWriter();
  LiveStatusWriter(const LiveStatusWriter&) = delete;
  LiveStatusWriter& operator=(const LiveStatusWriter&) = delete;

  void started(const std::string& identity, const std::string& title);
  void progressed(const std::string& identity, const Progress& progress);
  void finished(const std::string& identity, const RunRecord& run);

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    LiveRun run;
    Clock::time_point started;
  };

  void write_in_time();
  void write();

  std::filesystem::path file_;
  LiveStatus status_;
  ExpectedSeconds waiting_;
  std::map<std::string, Running> running_;
  std::optional<Clock::time_point> written_;
};

}  // namespace rraebench
