#include "host/worker/protocols/grid_interpolation.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace rraebench {

torch::Tensor interpolate_on_grid(const std::vector<std::vector<double>>& axes, const torch::Tensor& rows,
                                  const torch::Tensor& parameters) {
  std::int64_t count = 1;
  for (const auto& axis : axes) {
    if (axis.size() < 2)
      throw std::invalid_argument("interpolate_on_grid: an axis needs at least two values");
    count *= static_cast<std::int64_t>(axis.size());
  }
  const auto dimensions = static_cast<std::int64_t>(axes.size());
  if (rows.size(0) != count || parameters.dim() != 2 || parameters.size(1) != dimensions)
    throw std::invalid_argument("interpolate_on_grid: " + std::to_string(rows.size(0)) + " rows and " +
                                std::to_string(parameters.size(-1)) + " parameters for a grid of " +
                                std::to_string(count) + " points in " + std::to_string(dimensions) +
                                " dimensions");

  const auto points = parameters.to(torch::kCPU, torch::kFloat64).contiguous();
  const auto values = rows.to(torch::kFloat64);
  auto result = torch::zeros({points.size(0), rows.size(1)}, torch::kFloat64);
  for (std::int64_t m = 0; m < points.size(0); ++m) {
    std::vector<std::int64_t> cell;
    std::vector<double> share;  // In [0, 1] within the cell.
    for (std::int64_t d = 0; d < dimensions; ++d) {
      const auto& axis = axes[static_cast<std::size_t>(d)];
      const double value = points[m][d].item<double>();
      const auto above = std::upper_bound(axis.begin() + 1, axis.end() - 1, value) - axis.begin();
      const auto upper = static_cast<std::size_t>(above);
      cell.push_back(above - 1);
      share.push_back((value - axis[upper - 1]) / (axis[upper] - axis[upper - 1]));
    }
    auto row = result[m];
    for (std::int64_t corner = 0; corner < (std::int64_t{1} << dimensions); ++corner) {
      double weight = 1.0;
      std::int64_t index = 0;
      for (std::int64_t d = 0; d < dimensions; ++d) {
        const auto axis = static_cast<std::size_t>(d);
        const bool upper = ((corner >> d) & 1) != 0;
        weight *= upper ? share[axis] : 1.0 - share[axis];
        index = index * static_cast<std::int64_t>(axes[axis].size()) + cell[axis] + (upper ? 1 : 0);
      }
      row.add_(values[index], weight);
    }
  }
  return result.to(rows.scalar_type());
}

std::int64_t count_outside_grid(const std::vector<std::vector<double>>& axes,
                                const torch::Tensor& parameters) {
  const auto points = parameters.to(torch::kCPU, torch::kFloat64);
  auto outside = torch::zeros({points.size(0)}, torch::kBool);
  for (std::size_t d = 0; d < axes.size(); ++d) {
    const auto& axis = axes[d];
    const double rounding = 1e-9 * (axis.back() - axis.front());
    const auto values = points.select(1, static_cast<std::int64_t>(d));
    outside |= (values < axis.front() - rounding) | (values > axis.back() + rounding);
  }
  return outside.sum().item<std::int64_t>();
}

}  // namespace rraebench
