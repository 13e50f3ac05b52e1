#include "host/program/executor.hpp"

#include "host/common/installation.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/line_buffer.hpp"
#include "host/program/worker_process.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <list>
#include <memory>
#include <poll.h>
#include <set>
#include <unistd.h>

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kStderrTail = 4096;
constexpr std::size_t kLongestLine = std::size_t{256} << 20;  // An event longer than this is no event.
constexpr double kGraceSeconds = 10.0;                        // From the wish to stop to the kill.
constexpr int kPollMilliseconds = 200;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string title_of(const RunSpec& spec) {
  return fmt::format("{} · {} · seed {}", spec.comparison, spec.label, spec.seed);
}

RunRecord record_of(const PlannedRun& run) {
  RunRecord record;
  record.identity = run.identity;
  record.suite = run.spec.suite;
  record.comparison = run.spec.comparison;
  record.model = run.spec.plugin;
  record.label = run.spec.label;
  record.dataset = run.spec.dataset;
  record.seed = run.spec.seed;
  record.plugin_version = run.spec.plugin_version;
  record.plugin_sha256 = run.spec.plugin_sha256;
  record.dataset_fingerprint = run.spec.dataset_fingerprint;
  record.spec_json = to_json(run.spec).dump();
  record.started_at = utc_now();
  return record;
}

/// One run under way.
class ActiveRun {
 public:
  ActiveRun(const PlannedRun& run, const ExecutionRequest& request, ProgressDisplay& display,
            std::set<std::string>& notes)
      : run_(run),
        display_(display),
        notes_(notes),
        record_(record_of(run)),
        checkpoint_(request.checkpoint_folder / (run.identity + ".pt")),
        worker_(worker_path(), {"run"}, request_document(run, request, checkpoint_)),
        started_(Clock::now()) {
    display_.started(run.identity, title_of(run.spec));
  }

  std::array<pollfd, 2> poll_set() const {
    return {pollfd{output_open_ ? worker_.output() : -1, POLLIN, 0},
            pollfd{errors_open_ ? worker_.errors() : -1, POLLIN, 0}};
  }

  void read_output() {
    output_open_ = read_from(worker_.output(), [this](std::string_view text) { take_output(text); });
  }

  void read_errors() {
    errors_open_ = read_from(worker_.errors(), [this](std::string_view text) {
      record_.stderr_tail.append(text);
      if (record_.stderr_tail.size() > kStderrTail)
        record_.stderr_tail.erase(0, record_.stderr_tail.size() - kStderrTail);
    });
  }

  bool ended() const { return !output_open_ && !errors_open_; }

  /// Enforces the time limit and the wish to stop.
  void watch() {
    const bool overdue = run_.time_limit_seconds > 0 && seconds_since(started_) > run_.time_limit_seconds;
    if (!stopping_ && (overdue || stop_requested())) {
      stopping_ = true;
      timed_out_ = overdue && !stop_requested();
      stop_asked_ = Clock::now();
      worker_.send_signal(SIGTERM);
    } else if (stopping_ && !killed_ && seconds_since(stop_asked_) > kGraceSeconds) {
      killed_ = true;
      worker_.send_signal(SIGKILL);
    }
  }

  RunRecord finish() {
    const auto exit = worker_.wait();
    record_.exit_code = exit.exit_code;
    record_.signal = exit.signal;
    record_.peak_memory_bytes = exit.peak_memory_bytes;
    record_.wall_seconds = seconds_since(started_);
    record_.finished_at = utc_now();
    judge(exit);
    std::error_code ignored;
    if (record_.status != RunStatus::kInterrupted) std::filesystem::remove(checkpoint_, ignored);
    display_.finished(run_.identity, record_);
    return std::move(record_);
  }

 private:
  static std::string request_document(const PlannedRun& run, const ExecutionRequest& request,
                                      const std::filesystem::path& checkpoint) {
    std::filesystem::create_directories(request.checkpoint_folder);
    const Execution execution{run.plugin.string(), request.data_dir, request.cache_folder.string(),
                              checkpoint.string(), request.threads};
    return nlohmann::json{{"spec", to_json(run.spec)}, {"execution", to_json(execution)}}.dump();
  }

  template <typename Consumer>
  static bool read_from(int descriptor, Consumer&& consume) {
    std::array<char, 65536> buffer{};
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) consume(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    return count > 0 || (count < 0 && errno == EINTR);
  }

  void take_output(std::string_view text) {
    lines_.add(text, [this](std::string_view line) { take_line(line); });
    if (lines_.unfinished_size() > kLongestLine) {
      malformed_ = "it wrote a line without end where an event was due";
      lines_.clear();
    }
  }

  void take_line(std::string_view line) {
    try {
      const auto event = nlohmann::json::parse(line);
      const auto kind = event.at("event").get<std::string>();
      if (kind == "progress") {
        display_.progressed(run_.identity, progress_from_event(event));
      } else if (kind == "warning") {
        const auto text = event.at("text").get<std::string>();
        if (notes_.insert(text).second) display_.note("warning: " + text);
        apply_event(event, record_);
      } else {
        reported_end_ = reported_end_ || kind == "failed" || kind == "finished";
        apply_event(event, record_);
      }
    } catch (const std::exception& error) {
      malformed_ = std::string("it wrote what is no event: ") + error.what();
    }
  }

  /// What the end of the process means, where it did not say so itself.
  void judge(const WorkerExit& exit) {
    const auto conclude = [&](RunStatus status, const std::string& message) {
      record_.status = status;
      record_.message = message;
    };
    if (timed_out_)
      return conclude(RunStatus::kTimeout,
                      fmt::format("ran past its limit of {:.0f} s", run_.time_limit_seconds));
    if (reported_end_ && record_.status == RunStatus::kOk && exit.exit_code == 0) {
      if (!malformed_.empty()) conclude(RunStatus::kError, malformed_);
      return;
    }
    if (killed_ || (stopping_ && exit.signal)) return conclude(RunStatus::kInterrupted, "stopped on request");
    if (reported_end_ && record_.status != RunStatus::kOk) return;
    if (exit.signal == SIGKILL)
      return conclude(RunStatus::kOutOfMemory, "killed by the system, most likely for want of memory");
    if (exit.signal)
      return conclude(RunStatus::kCrash,
                      fmt::format("crashed: {} (signal {})", strsignal(*exit.signal), *exit.signal));
    conclude(RunStatus::kError,
             last_line(record_.stderr_tail, malformed_.empty() ? "ended without a reason" : malformed_));
  }

  const PlannedRun& run_;
  ProgressDisplay& display_;
  std::set<std::string>& notes_;
  RunRecord record_;
  std::filesystem::path checkpoint_;
  WorkerProcess worker_;
  Clock::time_point started_;
  Clock::time_point stop_asked_;
  LineBuffer lines_;
  std::string malformed_;
  bool output_open_ = true;
  bool errors_open_ = true;
  bool reported_end_ = false;
  bool stopping_ = false;
  bool timed_out_ = false;
  bool killed_ = false;
};

void poll_runs(std::list<std::unique_ptr<ActiveRun>>& active) {
  std::vector<pollfd> descriptors;
  for (const auto& run : active)
    for (const auto& descriptor : run->poll_set()) descriptors.push_back(descriptor);
  if (::poll(descriptors.data(), descriptors.size(), kPollMilliseconds) <= 0) return;
  auto descriptor = descriptors.begin();
  for (const auto& run : active) {
    if ((descriptor++)->revents != 0) run->read_output();
    if ((descriptor++)->revents != 0) run->read_errors();
  }
}

}  // namespace

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

void execute_runs(const std::vector<PlannedRun>& runs, const ExecutionRequest& request,
                  ProgressDisplay& display, const std::function<void(RunRecord run)>& finished) {
  std::set<std::string> notes;  // Warnings that were shown already.
  std::list<std::unique_ptr<ActiveRun>> active;
  auto next = runs.begin();
  while (true) {
    while (next != runs.end() && static_cast<std::int64_t>(active.size()) < request.jobs && !stop_requested())
      active.push_back(std::make_unique<ActiveRun>(*next++, request, display, notes));
    if (active.empty()) return;
    poll_runs(active);
    for (auto run = active.begin(); run != active.end();) {
      (*run)->watch();
      if ((*run)->ended()) {
        finished((*run)->finish());
        run = active.erase(run);
      } else {
        ++run;
      }
    }
  }
}

}  // namespace rraebench
