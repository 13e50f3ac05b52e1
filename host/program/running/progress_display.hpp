#pragma once
// Implements: what a person sees of running work: on a terminal a bar that is redrawn, elsewhere plain lines.

#include "host/common/events.hpp"
#include "reports/store/run_record.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace rraebench {

class LiveStatusWriter;

/// Writes to standard error, and goes on where that is closed, full or not read: what cannot be written is
/// lost or comes later. Redrawn lines are for terminals that TERM does not call dumb, and are never wider
/// than the window; colour is for those without NO_COLOR.
class ProgressDisplay {
 public:
  /// `live`: is told of the same.
  explicit ProgressDisplay(std::size_t run_count, LiveStatusWriter* live = nullptr);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void started(const std::string& identity, const std::string& title);
  void progressed(const std::string& identity, const Progress& progress);
  void finished(const std::string& identity, const RunRecord& run);
  /// A line of its own, once.
  void note(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  struct Line {
    std::string title;
    std::string stage;
    Progress progress;
    Clock::time_point stage_started;
    std::int64_t first_step = 0;
    Clock::time_point last_shown;
  };

  enum class Detail { kAll, kBar, kLeast };  // What a narrow window leaves of a line.

  /// What follows its title.
  std::string describe(const Line& line, Detail detail) const;
  std::string fitted(const Line& line, std::size_t columns) const;
  std::string eta(const Line& line) const;
  /// "  3 of 48 runs done, about 12:30 left, until 15:42": as if what is left took as long as what is done.
  std::string whole(std::size_t columns) const;
  void write_line(const std::string& text);
  /// Writes what is unsent as far as it is taken at once, or in that time.
  void send(int patience_milliseconds);
  void erase();
  void redraw();

  std::size_t run_count_;
  LiveStatusWriter* live_;
  std::size_t finished_ = 0;
  Clock::time_point begun_ = Clock::now();
  std::vector<std::size_t> drawn_widths_;  // Of the lines that the next drawing replaces.
  std::string unsent_;
  bool terminal_;
  bool colour_;
  Clock::time_point last_redraw_;
  std::map<std::string, Line> lines_;
};

}  // namespace rraebench
