#pragma once
// Implements: multilinear interpolation of rows that lie on a grid of parameters.

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rraebench {

/// axes: P rising axes of n_1 .. n_P >= 2 values. rows: (n_1 * ... * n_P) x k in row-major order of the axes.
/// parameters: M x P. Returns M x k: linear for P = 1, bilinear for P = 2, and so on. Parameters outside an
/// axis are extrapolated from its last cell. Throws std::invalid_argument where the counts do not fit.
torch::Tensor interpolate_on_grid(const std::vector<std::vector<double>>& axes, const torch::Tensor& rows,
                                  const torch::Tensor& parameters);

/// How many of `parameters`, M x P, lie outside of the axes' ranges by more than rounding.
std::int64_t count_outside_grid(const std::vector<std::vector<double>>& axes,
                                const torch::Tensor& parameters);

}  // namespace rraebench
