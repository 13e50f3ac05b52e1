#include "reports/analysis/data_sweeps.hpp"

#include "reports/analysis/sweeps.hpp"

#include <algorithm>

namespace rraebench {
std::vector<DataSweep> find_data_sweeps(const std::vector<Comparison>& comparisons) {
  std::vector<DataSweep> sweeps;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const auto swept = swept_name(comparisons[i].name);
    const auto value = swept ? swept_number(swept->value) : std::nullopt;
    if (!value) continue;
    auto found = std::find_if(sweeps.begin(), sweeps.end(), [&](const DataSweep& sweep) {
      return sweep.suite == comparisons[i].suite && sweep.name == swept->name &&
             sweep.option == swept->option;
    });
    if (found == sweeps.end())
      found = sweeps.insert(sweeps.end(), {comparisons[i].suite, swept->name, swept->option, {}});
    found->points.push_back({*value, i});
  }
  sweeps.erase(std::remove_if(sweeps.begin(), sweeps.end(),
                              [](const DataSweep& sweep) { return sweep.points.size() < 2; }),
               sweeps.end());
  for (auto& sweep : sweeps)
    std::sort(sweep.points.begin(), sweep.points.end(),
              [](const DataSweepPoint& a, const DataSweepPoint& b) { return a.value < b.value; });
  return sweeps;
}

}  // namespace rraebench
