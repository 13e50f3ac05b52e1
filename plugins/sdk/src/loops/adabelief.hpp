#pragma once
// Implements: a step of AdaBelief as one pass over plain memory.

#include <cstdint>

namespace rraebench::loops {

struct BeliefCoefficients {
  double beta1;
  double beta2;
  double
      surprise_weight;  // Of (g - m_t)^2: 1 - beta2, divided by beta1^2 where it is g - m_{t-1} that counts.
  double eps;
  double step_size;          // lr / (1 - beta1^t)
  double belief_correction;  // 1 / (1 - beta2^t)
};

/// One step of AdaBelief on `count` values (adabelief.hpp). Scalar: float or double.
template <typename Scalar>
void adabelief(Scalar* parameter, const Scalar* gradient, Scalar* mean, Scalar* belief, std::int64_t count,
               const BeliefCoefficients& coefficients);

}  // namespace rraebench::loops
