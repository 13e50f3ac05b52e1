#include "host/program/running/progress_display.hpp"

#include "host/common/elapsed.hpp"
#include "host/common/quantities.hpp"
#include "host/program/running/live_status_writer.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <poll.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace rraebench {
namespace {

constexpr int kBarCells = 20;
constexpr double kSecondsBetweenPlainLines = 30.0;
constexpr double kSecondsBetweenRedraws = 0.1;
constexpr const char* kFirstStage = "start";
constexpr std::size_t kUnknownWidth = 80;
// A pipe that is ready takes so much without a wait.
constexpr std::size_t kBytesAtATime = 4096;
constexpr std::size_t kLongestBacklog = 1 << 20;
constexpr int kMillisecondsForTheLastLines = 1000;

std::string bar(std::int64_t step, std::int64_t steps) {
  const auto filled = static_cast<int>(kBarCells * std::min(step, steps) / std::max<std::int64_t>(steps, 1));
  std::string text;
  for (int cell = 0; cell < kBarCells; ++cell) text += cell < filled ? "█" : "░";
  return text;
}

std::string rate_text(double rate) {
  return rate >= 10000 ? fmt::format("{:.1f}k", rate / 1000) : fmt::format("{:.0f}", rate);
}

struct WindowSize {
  std::size_t columns = kUnknownWidth;
  std::size_t rows = 0;  // 0: unknown.
};

WindowSize window_size() {
  winsize size{};
  WindowSize window;
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return window;
  if (size.ws_col > 0) window.columns = size.ws_col;
  window.rows = size.ws_row;
  return window;
}

/// An editor's shell says "dumb" where it does not obey control sequences.
bool is_capable_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
}

bool is_colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");  // https://no-color.org: not when it is empty.
  return no_colour == nullptr || *no_colour == '\0';
}

}  // namespace

ProgressDisplay::ProgressDisplay(std::size_t run_count, LiveStatusWriter* live)
    : run_count_(run_count),
      live_(live),
      terminal_(is_capable_terminal()),
      colour_(terminal_ && is_colour_wanted()) {}

ProgressDisplay::~ProgressDisplay() {
  erase();
  send(kMillisecondsForTheLastLines);
}

void ProgressDisplay::started(const std::string& identity, const std::string& title) {
  if (live_ != nullptr) live_->started(identity, title);
  auto& line = lines_[identity];
  line.title = printable(title);
  line.stage = kFirstStage;
  line.last_shown = line.stage_started = Clock::now();
  redraw();
}

void ProgressDisplay::progressed(const std::string& identity, const Progress& progress) {
  if (live_ != nullptr) live_->progressed(identity, progress);
  auto& line = lines_[identity];
  if (line.progress.stage != progress.stage || line.stage == kFirstStage) {
    line.stage = printable(progress.stage);
    line.stage_started = Clock::now();
    line.first_step = progress.step;
  }
  line.progress = progress;
  if (terminal_) {
    redraw();
  } else if (seconds_since(line.last_shown) > kSecondsBetweenPlainLines) {
    line.last_shown = Clock::now();
    write_line("        " + line.title + describe(line, Detail::kAll));
  }
}

void ProgressDisplay::finished(const std::string& identity, const RunRecord& run) {
  if (live_ != nullptr) live_->finished(identity, run);
  erase();
  const auto title = lines_[identity].title;
  lines_.erase(identity);
  ++finished_;
  const bool ok = run.status == RunStatus::kOk;
  const auto mark = ok ? (colour_ ? "\033[32m✓\033[0m" : "✓") : (colour_ ? "\033[31m✗\033[0m" : "✗");
  auto text =
      fmt::format("{} [{}/{}] {}  {}", mark, finished_, run_count_, title, duration_text(run.wall_seconds));
  if (!ok) text += fmt::format("  {}: {}", run_status_name(run.status), printable(run.message));
  write_line(text);
  last_redraw_ = {};
  redraw();
}

void ProgressDisplay::note(const std::string& text) {
  erase();
  write_line(printable(text));
  redraw();
}

std::string ProgressDisplay::eta(const Line& line) const {
  const auto done = line.progress.step - line.first_step;
  const auto left = line.progress.steps - line.progress.step;
  const double seconds = seconds_since(line.stage_started);
  if (done <= 0 || left < 0 || seconds < 0.5) return "";
  return "  ETA " + duration_text(seconds * static_cast<double>(left) / static_cast<double>(done));
}

std::string ProgressDisplay::describe(const Line& line, Detail detail) const {
  auto text = "  " + line.stage;
  const auto& progress = line.progress;
  if (progress.steps > 0) {
    if (detail <= Detail::kBar) text += " " + bar(progress.step, progress.steps);
    text += fmt::format(" {}/{}", progress.step, progress.steps);
  }
  if (detail <= Detail::kAll && progress.samples_per_second > 0)
    text += fmt::format("  loss {:.4g}  {} samples/s", progress.loss, rate_text(progress.samples_per_second));
  return text + eta(line);
}

std::string ProgressDisplay::fitted(const Line& line, std::size_t columns) const {
  for (const auto detail : {Detail::kAll, Detail::kBar}) {
    auto text = "  " + line.title + describe(line, detail);
    if (display_width(text) <= columns) return text;
  }
  // The end of a title matters less than when its stage ends.
  const auto rest = describe(line, Detail::kLeast);
  const auto room = columns > display_width(rest) ? columns - display_width(rest) : 0;
  return cut_to_width(cut_to_width("  " + line.title, room) + rest, columns);
}

std::string ProgressDisplay::whole(std::size_t columns) const {
  auto text = fmt::format("  {} of {} runs done", finished_, run_count_);
  if (finished_ > 0) {
    const double elapsed = seconds_since(begun_);
    const double left =
        elapsed / static_cast<double>(finished_) * static_cast<double>(run_count_ - finished_);
    const auto end = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() +
                                                          std::chrono::seconds(std::llround(left)));
    std::tm local{};
    ::localtime_r(&end, &local);
    text += fmt::format(", about {} left", duration_text(left));
    const auto until = fmt::format(", until {:02}:{:02}", local.tm_hour, local.tm_min);
    if (display_width(text + until) <= columns) text += until;
  }
  return cut_to_width(text, columns);
}

void ProgressDisplay::write_line(const std::string& text) {
  if (unsent_.size() < kLongestBacklog) unsent_ += text + "\n";
  send(0);
}

void ProgressDisplay::send(int patience_milliseconds) {
  while (!unsent_.empty()) {
    pollfd errors{STDERR_FILENO, POLLOUT, 0};
    // Whoever reads may have stopped reading: the work does not wait for them.
    if (::poll(&errors, 1, patience_milliseconds) == 0) return;
    const auto written = ::write(STDERR_FILENO, unsent_.data(), std::min(unsent_.size(), kBytesAtATime));
    if (written > 0)
      unsent_.erase(0, static_cast<std::size_t>(written));
    else if (written < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    else
      unsent_.clear();  // Nobody is there, or the disk of the log is full.
  }
}

void ProgressDisplay::erase() {
  if (drawn_widths_.empty()) return;
  // A window that has become narrower shows what was drawn on more rows.
  const auto columns = window_size().columns;
  std::size_t rows = 0;
  for (const auto width : drawn_widths_) rows += width == 0 ? 1 : (width + columns - 1) / columns;
  drawn_widths_.clear();
  for (; rows > 0; --rows) unsent_ += "\033[A\033[2K";
  send(0);
}

void ProgressDisplay::redraw() {
  if (!terminal_ || seconds_since(last_redraw_) < kSecondsBetweenRedraws) return;
  last_redraw_ = Clock::now();
  erase();
  if (!unsent_.empty()) return;
  const auto window = window_size();
  const auto columns = window.columns - 1;  // The last one makes some terminals go on to the next row.
  for (const auto& [identity, line] : lines_) {
    if (window.rows > 0 && drawn_widths_.size() + 1 >= window.rows) break;  // Out of the cursor's reach.
    const auto text = fitted(line, columns);
    drawn_widths_.push_back(display_width(text));
    unsent_ += text + "\n";
  }
  const bool fits = window.rows == 0 || drawn_widths_.size() + 1 < window.rows;
  if (run_count_ > 1 && finished_ < run_count_ && fits) {
    const auto text = whole(columns);
    drawn_widths_.push_back(display_width(text));
    unsent_ += text + "\n";
  }
  send(0);
}

}  // namespace rraebench
