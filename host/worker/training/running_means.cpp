#include "host/worker/training/running_means.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace rraebench {

void RunningMeans::add(const std::string& name, double value) {
  if (sums_.count(name) == 0) order_.push_back(name);
  sums_[name] += value;
}

std::vector<std::pair<std::string, double>> RunningMeans::take() {
  std::vector<std::pair<std::string, double>> means;
  for (const auto& name : order_) means.emplace_back(name, sums_[name] / static_cast<double>(steps_));
  *this = RunningMeans();
  return means;
}

void to_json(nlohmann::json& document, const RunningMeans& means) {
  document = {{"order", means.order_}, {"sums", means.sums_}, {"steps", means.steps_}};
}

void from_json(const nlohmann::json& document, RunningMeans& means) {
  document.at("order").get_to(means.order_);
  means.sums_.clear();
  for (const auto& [name, sum] : document.at("sums").items())  // JSON has no number for one that is none.
    means.sums_[name] = sum.is_null() ? std::numeric_limits<double>::quiet_NaN() : sum.get<double>();
  document.at("steps").get_to(means.steps_);
}

}  // namespace rraebench
