#include "adabelief.hpp"

#include "parts.hpp"

#include <algorithm>
#include <cmath>

namespace rraebench::loops {
namespace {

template <typename Scalar>
inline void adabelief_part(Scalar* __restrict parameter, const Scalar* __restrict gradient,
                           Scalar* __restrict mean, Scalar* __restrict belief, std::int64_t count,
                           const BeliefCoefficients& c) {
  const auto beta1 = static_cast<Scalar>(c.beta1);
  const auto beta2 = static_cast<Scalar>(c.beta2);
  const auto one_minus_beta1 = static_cast<Scalar>(1.0 - c.beta1);
  const auto surprise_weight = static_cast<Scalar>(c.surprise_weight);
  const auto eps = static_cast<Scalar>(c.eps);
  const auto step_size = static_cast<Scalar>(c.step_size);
  const auto correction = static_cast<Scalar>(c.belief_correction);
  for (std::int64_t i = 0; i < count; ++i) {
    const Scalar new_mean = beta1 * mean[i] + one_minus_beta1 * gradient[i];
    const Scalar surprise = gradient[i] - new_mean;
    const Scalar new_belief = beta2 * belief[i] + surprise_weight * surprise * surprise + eps;
    mean[i] = new_mean;
    belief[i] = new_belief;
    parameter[i] -= step_size * new_mean / (std::sqrt(new_belief * correction) + eps);
  }
}

RRAEBENCH_WIDE void adabelief_wide(float* parameter, const float* gradient, float* mean, float* belief,
                                   std::int64_t count, const BeliefCoefficients& c) {
  adabelief_part(parameter, gradient, mean, belief, count, c);
}
RRAEBENCH_WIDE void adabelief_wide(double* parameter, const double* gradient, double* mean, double* belief,
                                   std::int64_t count, const BeliefCoefficients& c) {
  adabelief_part(parameter, gradient, mean, belief, count, c);
}

}  // namespace

template <typename Scalar>
void adabelief(Scalar* parameter, const Scalar* gradient, Scalar* mean, Scalar* belief, std::int64_t count,
               const BeliefCoefficients& coefficients) {
  for_each_part(parts_of(count, kPart), [&](std::int64_t part) {
    const auto begin = part * kPart;
    adabelief_wide(parameter + begin, gradient + begin, mean + begin, belief + begin,
                   std::min(kPart, count - begin), coefficients);
  });
}

template void adabelief(float*, const float*, float*, float*, std::int64_t, const BeliefCoefficients&);
template void adabelief(double*, const double*, double*, double*, std::int64_t, const BeliefCoefficients&);

}  // namespace rraebench::loops
