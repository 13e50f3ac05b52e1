#include "datasets/parameter_grid.hpp"

#include <algorithm>

namespace rraebench {

std::optional<ParameterGrid> find_grid(const std::vector<double>& points, std::int64_t dimensions) {
  const auto width = static_cast<std::size_t>(dimensions);
  const auto count = points.size() / width;
  ParameterGrid grid;
  std::size_t places = 1;
  for (std::size_t d = 0; d < width; ++d) {
    std::vector<double> axis;
    axis.reserve(count);
    for (std::size_t n = 0; n < count; ++n) axis.push_back(points[n * width + d]);
    std::sort(axis.begin(), axis.end());
    axis.erase(std::unique(axis.begin(), axis.end()), axis.end());
    if (axis.size() < 2 || axis.size() > count / places) return std::nullopt;
    places *= axis.size();
    grid.axes.push_back(std::move(axis));
  }
  if (places != count) return std::nullopt;
  grid.order.assign(count, -1);
  for (std::size_t n = 0; n < count; ++n) {
    std::size_t place = 0;
    for (std::size_t d = 0; d < width; ++d) {
      const auto& axis = grid.axes[d];
      const auto found = std::lower_bound(axis.begin(), axis.end(), points[n * width + d]);
      place = place * axis.size() + static_cast<std::size_t>(found - axis.begin());
    }
    if (grid.order[place] >= 0) return std::nullopt;
    grid.order[place] = static_cast<std::int64_t>(n);
  }
  return grid;
}

}  // namespace rraebench
