#include "host/program/running/executor.hpp"

#include "host/common/stop_request.hpp"
#include "host/program/running/active_run.hpp"

#include <exception>
#include <list>
#include <memory>
#include <poll.h>
#include <set>

namespace rraebench {
namespace {

constexpr int kPollMilliseconds = 200;

bool has_failed(const RunRecord& record) {
  return record.status != RunStatus::kOk && record.status != RunStatus::kInterrupted;
}

class Executor {
 public:
  Executor(const std::vector<PlannedRun>& runs, const ExecutionRequest& request, ProgressDisplay& display,
           const std::function<void(RunRecord run)>& finished)
      : request_(request), display_(display), finished_(finished), next_(runs.begin()), end_(runs.end()) {
    for (const auto& run : runs) notes_.insert(run.notes.begin(), run.notes.end());
  }

  void run() {
    while (true) {
      guarded([this] { start_runs(); });
      if (active_.empty()) break;
      wait_for_news();
      advance_runs();
    }
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  using ActiveRuns = std::list<std::unique_ptr<ActiveRun>>;

  void start_runs() {
    while (next_ != end_ && static_cast<std::int64_t>(active_.size()) < request_.jobs && !stopping_ &&
           !stop_requested())
      active_.push_back(std::make_unique<ActiveRun>(*next_++, request_, display_, notes_));
  }

  void wait_for_news() {
    std::vector<pollfd> descriptors;
    for (const auto& run : active_)
      for (const auto& descriptor : run->poll_set()) descriptors.push_back(descriptor);
    ::poll(descriptors.data(), descriptors.size(), kPollMilliseconds);
  }

  void advance_runs() {
    for (auto run = active_.begin(); run != active_.end();) {
      if (auto record = (*run)->advance()) {
        guarded([&] { conclude(**run, *record); });
        run = active_.erase(run);
      } else {
        ++run;
      }
    }
  }

  void conclude(ActiveRun& run, const RunRecord& record) {
    finished_(record);
    run.settle(record);
    display_.finished(run.identity(), record);
    if (request_.fail_fast && has_failed(record)) stop_runs();
  }

  void stop_runs() {
    stopping_ = true;
    for (const auto& run : active_) run->stop();
  }

  /// What goes wrong here waits until the workers have saved their work.
  template <typename Work>
  void guarded(const Work& work) {
    try {
      work();
    } catch (...) {
      if (!fault_) fault_ = std::current_exception();
      stop_runs();
    }
  }

  const ExecutionRequest& request_;
  ProgressDisplay& display_;
  const std::function<void(RunRecord run)>& finished_;
  std::vector<PlannedRun>::const_iterator next_;
  std::vector<PlannedRun>::const_iterator end_;
  std::set<std::string> notes_;  // Warnings that were shown already: of the data, when they were planned.
  ActiveRuns active_;
  bool stopping_ = false;
  std::exception_ptr fault_;
};

}  // namespace

void execute_runs(const std::vector<PlannedRun>& runs, const ExecutionRequest& request,
                  ProgressDisplay& display, const std::function<void(RunRecord run)>& finished) {
  Executor(runs, request, display, finished).run();
}

}  // namespace rraebench
