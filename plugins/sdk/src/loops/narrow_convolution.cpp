#include "narrow_convolution.hpp"

#include "parts.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace rraebench::loops {
namespace {

constexpr std::int64_t kAlong = 8;      // Values of the input that are summed side by side,
constexpr auto kPixels = kLeastPixels;  // for as many pixels at a time.

/// kAlong values that are one operand: the compiler does not see by itself that a loop over them is.
template <typename Scalar>
struct Lanes {
  using Type __attribute__((vector_size(kAlong * sizeof(Scalar)))) = Scalar;

  // By reference: what returns such values depends on the processor.
  static inline void load(Type& lanes, const Scalar* values) { std::memcpy(&lanes, values, sizeof(lanes)); }
  static inline Scalar sum(const Type& l) {
    return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
  }
};

/// One sample. Pixels that kPixels does not divide are done again from further left.
template <typename Scalar>
inline void convolve_part(const Scalar* input, const Scalar* weight, const Scalar* bias, Scalar* output,
                          const Convolved& sizes) {
  using Vector = Lanes<Scalar>;
  const auto height = sizes.output_height();
  const auto width = sizes.output_width();
  const auto row = sizes.row();
  const auto along = sizes.along();
  const auto whole = along / kAlong * kAlong;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t next = 0; next < width; next += kPixels) {
      const auto x = std::min(next, width - kPixels);
      for (std::int64_t o = 0; o < sizes.outputs; ++o) {
        typename Vector::Type lanes[kPixels] = {};
        Scalar rest[kPixels] = {};
        for (std::int64_t k = 0; k < sizes.kernel; ++k) {
          const auto* values = input + (y + k) * row + x * sizes.channels;
          const auto* kernel = weight + (o * sizes.kernel + k) * along;
          for (std::int64_t i = 0; i < whole; i += kAlong) {
            typename Vector::Type factor;
            typename Vector::Type value;
            Vector::load(factor, kernel + i);
            for (std::int64_t p = 0; p < kPixels; ++p) {
              Vector::load(value, values + p * sizes.channels + i);
              lanes[p] += factor * value;
            }
          }
          for (auto i = whole; i < along; ++i)
            for (std::int64_t p = 0; p < kPixels; ++p) rest[p] += kernel[i] * values[p * sizes.channels + i];
        }
        for (std::int64_t p = 0; p < kPixels; ++p)
          output[(y * width + x + p) * sizes.outputs + o] = bias[o] + rest[p] + Vector::sum(lanes[p]);
      }
    }
}

/// One sample, added to `of_weight`.
template <typename Scalar>
inline void weight_gradient_part(const Scalar* input, const Scalar* upstream, Scalar* of_weight,
                                 const Convolved& sizes) {
  using Vector = Lanes<Scalar>;
  const auto height = sizes.output_height();
  const auto width = sizes.output_width();
  const auto row = sizes.row();
  const auto along = sizes.along();
  for (std::int64_t o = 0; o < sizes.outputs; ++o)
    for (std::int64_t k = 0; k < sizes.kernel; ++k) {
      auto* target = of_weight + (o * sizes.kernel + k) * along;
      std::int64_t i = 0;
      for (; i + kAlong <= along; i += kAlong) {
        typename Vector::Type lanes[kPixels] = {};
        typename Vector::Type value;
        for (std::int64_t y = 0; y < height; ++y) {
          const auto* values = input + (y + k) * row + i;
          const auto* gradient = upstream + y * width * sizes.outputs + o;
          std::int64_t x = 0;
          for (; x + kPixels <= width; x += kPixels)
            for (std::int64_t p = 0; p < kPixels; ++p) {
              Vector::load(value, values + (x + p) * sizes.channels);
              lanes[p] += gradient[(x + p) * sizes.outputs] * value;
            }
          for (; x < width; ++x) {
            Vector::load(value, values + x * sizes.channels);
            lanes[0] += gradient[x * sizes.outputs] * value;
          }
        }
        const auto sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        for (std::int64_t l = 0; l < kAlong; ++l) target[i + l] += sum[l];
      }
      for (; i < along; ++i) {
        Scalar sum = 0;
        for (std::int64_t y = 0; y < height; ++y)
          for (std::int64_t x = 0; x < width; ++x)
            sum +=
                upstream[(y * width + x) * sizes.outputs + o] * input[(y + k) * row + x * sizes.channels + i];
        target[i] += sum;
      }
    }
}

// NOLINTBEGIN(bugprone-macro-parentheses): types
#define RRAEBENCH_INSTANTIATE(Scalar)                                                                      \
  RRAEBENCH_WIDE void convolve_wide(const Scalar* input, const Scalar* weight, const Scalar* bias,         \
                                    Scalar* output, const Convolved& sizes) {                              \
    convolve_part(input, weight, bias, output, sizes);                                                     \
  }                                                                                                        \
  RRAEBENCH_WIDE void weight_gradient_wide(const Scalar* input, const Scalar* upstream, Scalar* of_weight, \
                                           const Convolved& sizes) {                                       \
    weight_gradient_part(input, upstream, of_weight, sizes);                                               \
  }
// NOLINTEND(bugprone-macro-parentheses)
RRAEBENCH_INSTANTIATE(float)
RRAEBENCH_INSTANTIATE(double)
#undef RRAEBENCH_INSTANTIATE

}  // namespace

template <typename Scalar>
void convolve(const Scalar* input, const Scalar* weight, const Scalar* bias, Scalar* output,
              const Convolved& sizes) {
  const auto of_input = sizes.of_input();
  const auto of_output = sizes.of_output();
  for_each_part(sizes.samples, [&](std::int64_t sample) {
    convolve_wide(input + sample * of_input, weight, bias, output + sample * of_output, sizes);
  });
}

template <typename Scalar>
void convolution_weight_gradient(const Scalar* input, const Scalar* upstream, Scalar* of_weight,
                                 const Convolved& sizes) {
  const auto of_input = sizes.of_input();
  const auto of_output = sizes.of_output();
  const auto weights = sizes.of_weight();
  std::vector<Scalar> of_samples(static_cast<std::size_t>(sizes.samples * weights), Scalar(0));
  for_each_part(sizes.samples, [&](std::int64_t sample) {
    weight_gradient_wide(input + sample * of_input, upstream + sample * of_output,
                         of_samples.data() + sample * weights, sizes);
  });
  for (std::int64_t i = 0; i < weights; ++i) {
    double sum = 0.0;
    for (std::int64_t sample = 0; sample < sizes.samples; ++sample)
      sum += static_cast<double>(of_samples[sample * weights + i]);
    of_weight[i] = static_cast<Scalar>(sum);
  }
}

template void convolve(const float*, const float*, const float*, float*, const Convolved&);
template void convolve(const double*, const double*, const double*, double*, const Convolved&);
template void convolution_weight_gradient(const float*, const float*, float*, const Convolved&);
template void convolution_weight_gradient(const double*, const double*, double*, const Convolved&);

}  // namespace rraebench::loops
