#pragma once
// Implements: sweeps, found among the models of a comparison: the same model under several values of one
// option.

#include "reports/analysis/comparison.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rraebench {

struct SweepPoint {
  double value = 0.0;     // Of the swept option.
  std::size_t label = 0;  // Index into Comparison::labels.
};

/// One model, ascending by the option's value, at least three of them.
struct SweepLine {
  std::string name;
  std::size_t colour = 0;
  std::vector<SweepPoint> points;
};

/// All models of a comparison for which the same option was swept.
struct Sweep {
  std::string option;
  std::vector<SweepLine> lines;
};

/// By option's name. Labels of one line have the same plugin and agree in all other options.
std::vector<Sweep> find_sweeps(const Comparison& comparison);

}  // namespace rraebench
