#include "host/program/running/live_status_writer.hpp"

#include "host/common/elapsed.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <utility>

namespace rraebench {
namespace {

constexpr std::chrono::seconds kBetweenWrites{2};
constexpr std::size_t kMostFailures = 20;

}  // namespace

LiveStatusWriter::LiveStatusWriter(const std::filesystem::path& checkpoint_folder, LiveStatus status,
                                   ExpectedSeconds expected)
    : file_(live_status_file(checkpoint_folder)), status_(std::move(status)), waiting_(std::move(expected)) {
  status_.to_do = status_.waiting = static_cast<std::int64_t>(waiting_.size());
  for (const auto& [identity, seconds] : waiting_) {
    status_.waiting_seconds += seconds.value_or(0.0);
    if (!seconds) ++status_.waiting_unknown;
  }
  write();
}

LiveStatusWriter::~LiveStatusWriter() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

void LiveStatusWriter::started(const std::string& identity, const std::string& title) {
  auto& running = running_[identity];
  running.run.title = title;
  running.run.stage = "start";
  running.started = Clock::now();
  if (const auto found = waiting_.find(identity); found != waiting_.end()) {
    running.run.expected_seconds = found->second;
    --status_.waiting;
    if (found->second)
      status_.waiting_seconds = std::max(0.0, status_.waiting_seconds - *found->second);
    else
      --status_.waiting_unknown;
    waiting_.erase(found);
  }
  write();
}

void LiveStatusWriter::progressed(const std::string& identity, const Progress& progress) {
  auto& run = running_[identity].run;
  run.stage = progress.stage;
  run.step = progress.step;
  run.steps = progress.steps;
  run.samples_per_second = progress.samples_per_second;
  write_in_time();
}

void LiveStatusWriter::finished(const std::string& identity, const RunRecord& run) {
  const auto found = running_.find(identity);
  const auto title = found == running_.end() ? run.label : found->second.run.title;
  if (found != running_.end()) running_.erase(found);
  if (run.status == RunStatus::kInterrupted) return;
  status_.ended_seconds += run.wall_seconds;
  if (run.status == RunStatus::kOk) {
    ++status_.done;
  } else {
    ++status_.failed;
    status_.failures.push_back({title, run_status_name(run.status), run.message});
    if (status_.failures.size() > kMostFailures) status_.failures.erase(status_.failures.begin());
  }
  write_in_time();
}

void LiveStatusWriter::write_in_time() {
  if (!written_ || Clock::now() - *written_ >= kBetweenWrites) write();
}

void LiveStatusWriter::write() {
  status_.updated = static_cast<std::int64_t>(std::time(nullptr));
  status_.running.clear();
  for (const auto& [identity, running] : running_) {
    status_.running.push_back(running.run);
    status_.running.back().seconds = seconds_since(running.started);
  }
  std::sort(status_.running.begin(), status_.running.end(),
            [](const LiveRun& a, const LiveRun& b) { return a.title < b.title; });
  // Whole or not at all for those who read; that it outlives a power cut nobody needs.
  const std::filesystem::path part = file_.string() + ".part";
  std::error_code ignored;
  bool is_written = false;
  {
    std::ofstream stream(part, std::ios::binary);
    stream << to_json(status_).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    is_written = static_cast<bool>(stream.flush());
  }
  if (is_written)
    std::filesystem::rename(part, file_, ignored);
  else
    std::filesystem::remove(part, ignored);
  written_ = Clock::now();
}

}  // namespace rraebench
