#pragma once
// Implements: the checks and the conversion that every metric makes of the tensors it is given.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// `values` (any floating type, any device) as a float64 matrix on the CPU, which may share `values`' memory.
/// Throws std::invalid_argument, naming the values by `what`, unless it is N x d, floating point and finite.
torch::Tensor float64_matrix(const torch::Tensor& values, const char* what);

/// Of features in single precision, as a share of their size: what differs by less is the same.
constexpr double kFeatureRounding = 1e-6;

/// A generator of its own for everything drawn under `seed`; the global one stays as it is.
torch::Generator seeded_generator(std::uint64_t seed);

}  // namespace rraebench
