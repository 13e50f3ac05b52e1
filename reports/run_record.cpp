#include "reports/run_record.hpp"

#include "rraebench/suggest.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace rraebench {
namespace {

constexpr std::array<std::pair<RunStatus, const char*>, 8> kStatusNames = {{
    {RunStatus::kOk, "ok"},
    {RunStatus::kDiverged, "diverged"},
    {RunStatus::kOutOfMemory, "oom"},
    {RunStatus::kTimeout, "timeout"},
    {RunStatus::kCrash, "crash"},
    {RunStatus::kError, "error"},
    {RunStatus::kSkipped, "skipped"},
    {RunStatus::kInterrupted, "interrupted"},
}};

}  // namespace

const char* run_status_name(RunStatus status) {
  for (const auto& [value, name] : kStatusNames)
    if (value == status) return name;
  throw std::invalid_argument("run status " + std::to_string(static_cast<int>(status)) + " has no name");
}

RunStatus parse_run_status(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [value, text] : kStatusNames) {
    if (name == text) return value;
    known.emplace_back(text);
  }
  throw std::invalid_argument("no run status '" + name + "': " + suggest_name(name, known));
}

}  // namespace rraebench
