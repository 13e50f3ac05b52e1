#pragma once
// Implements: means of a loss and its parts over some steps.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// Sums a loss and its parts until they are asked for as means. As JSON its state goes into checkpoints.
class RunningMeans {
 public:
  void add(const std::string& name, double value);
  void count_step() { ++steps_; }
  std::int64_t steps() const { return steps_; }

  /// Sums over the steps counted, in the order in which their names came first; begins anew.
  std::vector<std::pair<std::string, double>> take();

  friend void to_json(nlohmann::json& document, const RunningMeans& means);
  friend void from_json(const nlohmann::json& document, RunningMeans& means);

 private:
  std::vector<std::string> order_;
  std::map<std::string, double> sums_;
  std::int64_t steps_ = 0;
};

}  // namespace rraebench
