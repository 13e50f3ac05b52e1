#pragma once
// Implements: long series thinned out for drawing.

#include <cstddef>
#include <vector>

namespace rraebench {

/// Indices into `values`, ascending, at most `limit` (at least 4) of them: all where they fit, else first,
/// last and, of each of equally long stretches between, the lowest and the highest, so that spikes stay
/// visible.
std::vector<std::size_t> decimate_extremes(const std::vector<double>& values, std::size_t limit);

/// Indices below `count`, ascending, at most `limit` (at least 2): all where they fit, else the first quarter
/// of `limit` one by one and the others ever further apart, ending with the last: what suits a decaying
/// spectrum.
std::vector<std::size_t> decimate_geometric(std::size_t count, std::size_t limit);

}  // namespace rraebench
