#pragma once
// Implements: whether points of P parameters are all the points of a grid, and in which order.

#include <cstdint>
#include <optional>
#include <vector>

namespace rraebench {

struct ParameterGrid {
  std::vector<std::vector<double>> axes;  // One a parameter, rising.
  std::vector<std::int64_t> order;        // The points in row-major order of the axes, the last fastest.
};

/// `points`: N x `dimensions`, row-major. nullopt unless every axis has at least two values and every
/// combination of them stands exactly once.
std::optional<ParameterGrid> find_grid(const std::vector<double>& points, std::int64_t dimensions);

}  // namespace rraebench
