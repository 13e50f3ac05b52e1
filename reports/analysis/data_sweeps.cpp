#include "reports/analysis/data_sweeps.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace rraebench {
namespace {

struct SweptName {
  std::string name;
  std::string option;
  double value = 0.0;
};

/// "small grid_size=10" in its parts; nullopt for a name that ends in no "option=number".
std::optional<SweptName> swept_name(const std::string& name) {
  const auto equals = name.rfind('=');
  const auto space = name.rfind(' ', equals);
  if (equals == std::string::npos || space == std::string::npos) return std::nullopt;
  SweptName swept{name.substr(0, space), name.substr(space + 1, equals - space - 1), 0.0};
  const char* const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data() + equals + 1, last, swept.value);
  if (error != std::errc() || end != last) return std::nullopt;
  return swept;
}

}  // namespace

std::vector<DataSweep> find_data_sweeps(const std::vector<Comparison>& comparisons) {
  std::vector<DataSweep> sweeps;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const auto swept = swept_name(comparisons[i].name);
    if (!swept) continue;
    auto found = std::find_if(sweeps.begin(), sweeps.end(), [&](const DataSweep& sweep) {
      return sweep.suite == comparisons[i].suite && sweep.name == swept->name &&
             sweep.option == swept->option;
    });
    if (found == sweeps.end())
      found = sweeps.insert(sweeps.end(), {comparisons[i].suite, swept->name, swept->option, {}});
    found->points.push_back({swept->value, i});
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
