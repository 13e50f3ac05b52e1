#include "host/program/progress_display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace rraebench {
namespace {

constexpr int kBarCells = 20;
constexpr double kSecondsBetweenPlainLines = 30.0;
constexpr double kSecondsBetweenRedraws = 0.1;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string bar(std::int64_t step, std::int64_t steps) {
  const auto filled = static_cast<int>(kBarCells * std::min(step, steps) / std::max<std::int64_t>(steps, 1));
  std::string text;
  for (int cell = 0; cell < kBarCells; ++cell) text += cell < filled ? "█" : "░";
  return text;
}

std::string rate_text(double rate) {
  return rate >= 10000 ? fmt::format("{:.1f}k", rate / 1000) : fmt::format("{:.0f}", rate);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

/// At most `width` characters of UTF-8 text.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (characters++ == width) return text.substr(0, i);
  }
  return text;
}

void write_line(const std::string& text) {
  fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

ProgressDisplay::ProgressDisplay(std::size_t run_count)
    : run_count_(run_count),
      terminal_(isatty(STDERR_FILENO) != 0),
      colour_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

ProgressDisplay::~ProgressDisplay() {
  erase();
}

void ProgressDisplay::started(const std::string& identity, const std::string& title) {
  auto& line = lines_[identity];
  line.title = title;
  line.stage = "start";
  line.last_shown = line.stage_started = Clock::now();
  redraw();
}

void ProgressDisplay::progressed(const std::string& identity, const Progress& progress) {
  auto& line = lines_[identity];
  if (line.stage != progress.stage) {
    line.stage = progress.stage;
    line.stage_started = Clock::now();
    line.first_step = progress.step;
  }
  line.progress = progress;
  if (terminal_) {
    redraw();
  } else if (seconds_since(line.last_shown) > kSecondsBetweenPlainLines) {
    line.last_shown = Clock::now();
    write_line(fmt::format("        {}", describe(line)));
  }
}

void ProgressDisplay::finished(const std::string& identity, const RunRecord& run) {
  erase();
  const auto title = lines_[identity].title;
  lines_.erase(identity);
  ++finished_;
  const bool ok = run.status == RunStatus::kOk;
  const auto mark = ok ? (colour_ ? "\033[32m✓\033[0m" : "✓") : (colour_ ? "\033[31m✗\033[0m" : "✗");
  auto text =
      fmt::format("{} [{}/{}] {}  {}", mark, finished_, run_count_, title, duration_text(run.wall_seconds));
  if (!ok) text += fmt::format("  {}: {}", run_status_name(run.status), run.message);
  write_line(text);
  last_redraw_ = {};
  redraw();
}

void ProgressDisplay::note(const std::string& text) {
  erase();
  write_line(text);
  redraw();
}

std::string ProgressDisplay::eta(const Line& line) const {
  const auto done = line.progress.step - line.first_step;
  const auto left = line.progress.steps - line.progress.step;
  const double seconds = seconds_since(line.stage_started);
  if (done <= 0 || left < 0 || seconds < 0.5) return "";
  return "  ETA " + duration_text(seconds * static_cast<double>(left) / static_cast<double>(done));
}

std::string ProgressDisplay::describe(const Line& line) const {
  auto text = fmt::format("{}  {}", line.title, line.stage);
  const auto& progress = line.progress;
  if (progress.steps > 0)
    text += fmt::format(" {} {}/{}", bar(progress.step, progress.steps), progress.step, progress.steps);
  if (progress.samples_per_second > 0)
    text += fmt::format("  loss {:.4g}  {} samples/s", progress.loss, rate_text(progress.samples_per_second));
  return text + eta(line);
}

void ProgressDisplay::erase() {
  for (; drawn_lines_ > 0; --drawn_lines_) fmt::print(stderr, "\033[A\033[2K");
  std::fflush(stderr);
}

void ProgressDisplay::redraw() {
  if (!terminal_ || seconds_since(last_redraw_) < kSecondsBetweenRedraws) return;
  last_redraw_ = Clock::now();
  erase();
  const auto width = terminal_width() - 1;
  for (const auto& [identity, line] : lines_) {
    fmt::print(stderr, "{}\n", cut("  " + describe(line), width));
    ++drawn_lines_;
  }
  std::fflush(stderr);
}

}  // namespace rraebench
