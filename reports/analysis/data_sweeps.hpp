#pragma once
// Implements: sweeps over an option of the data, found among the comparisons of a suite: they are named after
// it, "small grid_size=10".

#include "reports/analysis/comparison.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rraebench {

struct DataSweepPoint {
  double value = 0.0;          // Of the swept option.
  std::size_t comparison = 0;  // Index into the comparisons.
};

/// Comparisons that differ in one option of their data alone, ascending by its value, at least two of them.
struct DataSweep {
  std::string suite;
  std::string name;  // What their names have in common: "small".
  std::string option;
  std::vector<DataSweepPoint> points;
};

/// In order of first appearance.
std::vector<DataSweep> find_data_sweeps(const std::vector<Comparison>& comparisons);

}  // namespace rraebench
