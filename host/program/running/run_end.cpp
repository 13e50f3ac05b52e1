#include "host/program/running/run_end.hpp"

#include "host/common/quantities.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string_view>

namespace rraebench {
namespace {

constexpr std::size_t kLongestTailLine = 1000;

struct Verdict {
  RunStatus status = RunStatus::kError;
  std::string message;
};

std::string name_of_signal(int signal) {
  return fmt::format("{} (signal {})", strsignal(signal), signal);
}

/// What one process sends another; the rest is its own doing.
bool comes_from_outside(int signal) {
  constexpr std::array kFromOutside = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL};
  return std::find(kFromOutside.begin(), kFromOutside.end(), signal) != kFromOutside.end();
}

/// What the C++ library says before it aborts.
bool ended_by_bad_alloc(const std::string& errors) {
  return errors.find("std::bad_alloc") != std::string::npos ||
         errors.find("can't allocate memory") != std::string::npos;
}

/// Its last words, as a reason.
std::string last_words(const RunRecord& record) {
  const auto words = last_line(record.stderr_tail, "");
  return words.empty() ? "" : ": " + words;
}

/// Of a worker that reported no end and was not ended by this program.
Verdict judge_own_end(const WorkerEnd& end, const RunRecord& record) {
  if (const auto signal = end.exit.signal) {
    if (*signal == SIGKILL && end.kernel_out_of_memory.value_or(true))
      return {RunStatus::kOutOfMemory, "killed by the system, most likely for want of memory"};
    if (comes_from_outside(*signal))
      return {RunStatus::kInterrupted, "ended by another process: " + name_of_signal(*signal)};
    if (!ended_by_bad_alloc(record.stderr_tail))
      return {RunStatus::kCrash, "crashed: " + name_of_signal(*signal)};
  }
  if (ended_by_bad_alloc(record.stderr_tail))
    return {RunStatus::kOutOfMemory, "ended for want of memory" + last_words(record)};
  return {RunStatus::kCrash, fmt::format("ended by itself with exit code {} before its run was over{}",
                                         *end.exit.exit_code, last_words(record))};
}

/// Of a worker that said "finished".
Verdict judge_finished(const WorkerEnd& end) {
  if (!end.no_event.empty()) return {RunStatus::kError, end.no_event};
  if (end.exit.exit_code.value_or(0) != 0)
    return {RunStatus::kCrash,
            fmt::format("ended with exit code {} after all was measured", *end.exit.exit_code)};
  if (end.exit.signal && !comes_from_outside(*end.exit.signal))
    return {RunStatus::kCrash, "crashed after all was measured: " + name_of_signal(*end.exit.signal)};
  return {RunStatus::kOk, ""};
}

Verdict judge(const WorkerEnd& end, const RunRecord& record) {
  if (end.reported && record.status == RunStatus::kOk) return judge_finished(end);
  if (end.reported && record.status != RunStatus::kInterrupted && end.stopped != StopReason::kRequest)
    return {record.status, record.message};
  switch (end.stopped) {
    case StopReason::kTimeLimit:
      return {RunStatus::kTimeout, fmt::format("ran past its limit of {:.0f} s", end.time_limit_seconds)};
    case StopReason::kNoEvents:
      return {RunStatus::kError, end.no_event};
    case StopReason::kRequest:
      // A failure that the wish to stop brought about must not stand in the way of going on.
      if (end.reported && record.status != RunStatus::kInterrupted && record.fault == Fault::kModel)
        return {record.status, record.message};
      return {RunStatus::kInterrupted, end.reported && record.status != RunStatus::kInterrupted
                                           ? "stopped on request; " + record.message
                                           : "stopped on request"};
    case StopReason::kNone:
      break;
  }
  if (end.reported) return {RunStatus::kInterrupted, "asked to stop by another process"};
  return judge_own_end(end, record);
}

std::string clean_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines += printable(text.substr(0, end), kLongestTailLine) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

bool goes_on_from_checkpoint(const RunRecord& record) {
  switch (record.status) {
    case RunStatus::kOk:
      return false;
    case RunStatus::kInterrupted:
    case RunStatus::kTimeout:
    case RunStatus::kOutOfMemory:
      return true;
    default:
      return record.fault == Fault::kInfrastructure;
  }
}

void judge_end(const WorkerEnd& end, RunRecord& record) {
  auto [status, message] = judge(end, record);
  const bool kept_fault = end.reported && status == record.status;
  if (!kept_fault) record.fault = Fault::kModel;
  record.status = status;
  if (status == RunStatus::kOutOfMemory && end.memory_limit_bytes > 0)
    message += fmt::format("; the limit is {} (--memory)", size_text(end.memory_limit_bytes));
  const bool met_limit = status == RunStatus::kTimeout || status == RunStatus::kOutOfMemory;
  if (met_limit && end.has_checkpoint) message += "; --retry goes on from its last checkpoint";
  if (message.empty() && status != RunStatus::kOk) message = "gave no reason";
  record.message = printable(message);
  record.stderr_tail = clean_lines(record.stderr_tail);
}

std::optional<std::int64_t> kernel_memory_kills() {
  std::ifstream file("/proc/vmstat");
  std::string name;
  for (std::int64_t value = 0; file >> name >> value;)
    if (name == "oom_kill") return value;
  return std::nullopt;
}

}  // namespace rraebench
