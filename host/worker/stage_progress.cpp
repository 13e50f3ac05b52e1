#include "host/worker/stage_progress.hpp"

#include "host/common/events.hpp"
#include "host/common/stop_request.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace rraebench {

StageProgress report_stages(std::function<void(const nlohmann::json& event)> emit) {
  using Clock = std::chrono::steady_clock;
  return [emit = std::move(emit), last = Clock::time_point()](const std::string& stage, std::int64_t done,
                                                              std::int64_t total) mutable {
    throw_if_stop_requested();
    if (Clock::now() - last < std::chrono::milliseconds(250) && done != total) return;
    last = Clock::now();
    emit(event_of(Progress{stage, done, total, 0.0, 0.0}));
  };
}

}  // namespace rraebench
