#pragma once
// Implements: a ReLU with the bias before it, and its gradient, as one pass over plain memory.

#include <cstdint>

namespace rraebench::loops {

/// values = max(values + bias, 0) for rows x channels values. Scalar: float, double or UpperHalf; the bias is
/// float where the values are UpperHalf.
template <typename Scalar, typename Sum>
void add_bias_and_rectify(Scalar* values, const Sum* bias, std::int64_t rows, std::int64_t channels);

/// masked = upstream where output > 0, else 0, for rows x channels values, and its sums over the rows.
template <typename Scalar, typename Sum>
void rectified_gradient(const Scalar* upstream, const Scalar* output, Scalar* masked, Sum* sums,
                        std::int64_t rows, std::int64_t channels);

}  // namespace rraebench::loops
