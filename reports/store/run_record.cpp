#include "reports/store/run_record.hpp"

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

constexpr std::array<std::pair<Fault, const char*>, 2> kFaultNames = {{
    {Fault::kModel, "model"},
    {Fault::kInfrastructure, "infrastructure"},
}};

/// Both directions of a table of names; `what` is for the error.
template <typename Value, std::size_t kCount>
const char* name_of(const std::array<std::pair<Value, const char*>, kCount>& names, Value wanted,
                    const std::string& what) {
  for (const auto& [value, name] : names)
    if (value == wanted) return name;
  throw std::invalid_argument(what + " " + std::to_string(static_cast<int>(wanted)) + " has no name");
}

template <typename Value, std::size_t kCount>
Value value_of(const std::array<std::pair<Value, const char*>, kCount>& names, const std::string& wanted,
               const std::string& what) {
  std::vector<std::string> known;
  for (const auto& [value, name] : names) {
    if (name == wanted) return value;
    known.emplace_back(name);
  }
  throw std::invalid_argument("no " + what + " '" + wanted + "': " + suggest_name(wanted, known));
}

}  // namespace

const char* run_status_name(RunStatus status) {
  return name_of(kStatusNames, status, "run status");
}

RunStatus parse_run_status(const std::string& name) {
  return value_of(kStatusNames, name, "run status");
}

const char* fault_name(Fault fault) {
  return name_of(kFaultNames, fault, "fault");
}

Fault parse_fault(const std::string& name) {
  return value_of(kFaultNames, name, "fault");
}

std::pair<std::string, std::string> figure_parts(const std::string& figure) {
  const auto slash = figure.find('/');
  if (slash == std::string::npos) return {"", figure};
  return {figure.substr(0, slash), figure.substr(slash + 1)};
}

}  // namespace rraebench
