#include "loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

// Compiled for wider vectors, too, and chosen when the library is loaded; a sanitizer is not there yet by
// then.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define RRAEBENCH_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RRAEBENCH_WIDE
#endif

namespace rraebench::loops {
namespace {

constexpr std::int64_t kPart = 32768;  // Values of a part: what a thread is worth waking for.
constexpr std::int64_t kLane = 64;     // Values that a vector loop should have at least.

/// Calls work(part) for each part, on as many threads as LibTorch would take.
template <typename Work>
void for_each_part(std::int64_t parts, const Work& work) {
#ifdef _OPENMP
  const auto threads = static_cast<int>(std::min<std::int64_t>(omp_get_max_threads(), parts));
  if (threads > 1 && omp_in_parallel() == 0) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (std::int64_t part = 0; part < parts; ++part) work(part);
    return;
  }
#endif
  for (std::int64_t part = 0; part < parts; ++part) work(part);
}

std::int64_t parts_of(std::int64_t count, std::int64_t part) {
  return (count + part - 1) / part;
}

inline float widened(UpperHalf value) {
  const auto bits = static_cast<std::uint32_t>(value.bits) << 16U;
  float wide;
  std::memcpy(&wide, &bits, sizeof(wide));
  return wide;
}
inline float widened(float value) {
  return value;
}
inline double widened(double value) {
  return value;
}

inline void assign(UpperHalf& target, float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  // To the nearest, ties to even; a NaN stays one.
  const auto rounded = (bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U;
  target.bits = static_cast<std::uint16_t>(value == value ? rounded : 0x7fc0U);
}
inline void assign(float& target, float value) {
  target = value;
}
inline void assign(double& target, double value) {
  target = value;
}

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

/// Blocks of whole rows, `block` values each, with the bias repeated to a block.
template <typename Scalar, typename Sum>
inline void rectify_part(Scalar* __restrict values, const Sum* __restrict bias, std::int64_t blocks,
                         std::int64_t block) {
  for (std::int64_t b = 0; b < blocks; ++b, values += block)
    for (std::int64_t i = 0; i < block; ++i) {
      const Sum value = widened(values[i]) + bias[i];
      assign(values[i], value > 0 ? value : (value == value ? Sum(0) : value));
    }
}

template <typename Scalar, typename Sum>
inline void mask_part(const Scalar* __restrict upstream, const Scalar* __restrict output,
                      Scalar* __restrict masked, Sum* __restrict sums, std::int64_t blocks,
                      std::int64_t block) {
  for (std::int64_t b = 0; b < blocks; ++b, upstream += block, output += block, masked += block)
    for (std::int64_t i = 0; i < block; ++i) {
      const Sum value = widened(output[i]) > 0 ? widened(upstream[i]) : Sum(0);
      assign(masked[i], value);
      sums[i] += value;
    }
}

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

// NOLINTBEGIN(bugprone-macro-parentheses): types
#define RRAEBENCH_INSTANTIATE(Scalar, Sum)                                                               \
  RRAEBENCH_WIDE void rectify_wide(Scalar* values, const Sum* bias, std::int64_t blocks,                 \
                                   std::int64_t block) {                                                 \
    rectify_part(values, bias, blocks, block);                                                           \
  }                                                                                                      \
  RRAEBENCH_WIDE void mask_wide(const Scalar* upstream, const Scalar* output, Scalar* masked, Sum* sums, \
                                std::int64_t blocks, std::int64_t block) {                               \
    mask_part(upstream, output, masked, sums, blocks, block);                                            \
  }
// NOLINTEND(bugprone-macro-parentheses)
RRAEBENCH_INSTANTIATE(float, float)
RRAEBENCH_INSTANTIATE(double, double)
RRAEBENCH_INSTANTIATE(UpperHalf, float)
#undef RRAEBENCH_INSTANTIATE

/// Of a row of the kernel, as it lies on a row of the image for a column of the output.
struct Overlap {
  std::int64_t begin;  // Of the kernel's row in the image's; below zero where it begins before.
  std::int64_t first;  // Values of the kernel's row that lie within the image: from here
  std::int64_t last;   // to before here.
};

inline Overlap overlap(const Patches& sizes, std::int64_t column) {
  const auto left = column * sizes.stride - sizes.padding;
  return {left * sizes.channels, std::max<std::int64_t>(0, -left) * sizes.channels,
          std::min(sizes.kernel, sizes.width - left) * sizes.channels};
}

/// One sample.
inline void gather_part(const UpperHalf* image, UpperHalf* patches, const Patches& sizes) {
  const auto zero = [](UpperHalf* first, std::int64_t count) {
    std::memset(first, 0, static_cast<std::size_t>(count) * sizeof(UpperHalf));
  };
  const auto along = sizes.kernel * sizes.channels;
  for (std::int64_t row = 0; row < sizes.rows(); ++row)
    for (std::int64_t column = 0; column < sizes.columns(); ++column) {
      const auto [begin, first, last] = overlap(sizes, column);
      for (std::int64_t k = 0; k < sizes.kernel; ++k, patches += along) {
        const auto y = row * sizes.stride - sizes.padding + k;
        if (y < 0 || y >= sizes.height) {
          zero(patches, along);
          continue;
        }
        zero(patches, first);
        std::memcpy(patches + first, image + y * sizes.width * sizes.channels + begin + first,
                    static_cast<std::size_t>(last - first) * sizeof(UpperHalf));
        zero(patches + last, along - last);
      }
    }
}

inline void add_part(const UpperHalf* __restrict values, float* __restrict sums, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += widened(values[i]);
}

/// One row of the images. `bias` is repeated to the row.
inline void round_part(const float* __restrict sums, const float* __restrict bias, float lowest,
                       UpperHalf* __restrict image, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float value = sums[i] + bias[i];
    assign(image[i], value < lowest ? lowest : value);
  }
}

/// One sample, row by row. `sums` and `bias`: a row of the image.
inline void scatter_part(const UpperHalf* patches, const float* bias, float lowest, float* sums,
                         UpperHalf* image, const Patches& sizes) {
  const auto along = sizes.kernel * sizes.channels;
  const auto length = sizes.width * sizes.channels;
  for (std::int64_t y = 0; y < sizes.height; ++y) {
    std::fill(sums, sums + length, 0.0F);
    for (std::int64_t k = 0; k < sizes.kernel; ++k) {
      const auto from_top = y + sizes.padding - k;
      const auto row = from_top / sizes.stride;
      if (from_top < 0 || from_top % sizes.stride != 0 || row >= sizes.rows()) continue;
      for (std::int64_t column = 0; column < sizes.columns(); ++column) {
        const auto [begin, first, last] = overlap(sizes, column);
        const auto* values = patches + ((row * sizes.columns() + column) * sizes.kernel + k) * along;
        add_part(values + first, sums + begin + first, last - first);
      }
    }
    round_part(sums, bias, lowest, image + y * length, length);
  }
}

RRAEBENCH_WIDE void gather_wide(const UpperHalf* image, UpperHalf* patches, const Patches& sizes) {
  gather_part(image, patches, sizes);
}
RRAEBENCH_WIDE void scatter_wide(const UpperHalf* patches, const float* bias, float lowest, float* sums,
                                 UpperHalf* image, const Patches& sizes) {
  scatter_part(patches, bias, lowest, sums, image, sizes);
}

/// Rows side by side that make a block long enough for a vector loop.
std::int64_t rows_of_block(std::int64_t channels) {
  return (kLane + channels - 1) / channels;
}

std::int64_t rows_of_part(std::int64_t channels) {
  const auto block_rows = rows_of_block(channels);
  return std::max<std::int64_t>(1, kPart / (channels * block_rows)) * block_rows;
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

template <typename Scalar, typename Sum>
void add_bias_and_rectify(Scalar* values, const Sum* bias, std::int64_t rows, std::int64_t channels) {
  const auto block_rows = rows_of_block(channels);
  const auto block = block_rows * channels;
  std::vector<Sum> repeated(static_cast<std::size_t>(block));
  for (std::int64_t i = 0; i < block; ++i) repeated[i] = bias[i % channels];
  const auto part_rows = rows_of_part(channels);
  for_each_part(parts_of(rows, part_rows), [&](std::int64_t part) {
    const auto begin = part * part_rows;
    const auto count = std::min(part_rows, rows - begin);
    auto* first = values + begin * channels;
    const auto blocks = count / block_rows;
    rectify_wide(first, repeated.data(), blocks, block);
    rectify_wide(first + blocks * block, repeated.data(), count - blocks * block_rows, channels);
  });
}

template <typename Scalar, typename Sum>
void rectified_gradient(const Scalar* upstream, const Scalar* output, Scalar* masked, Sum* sums,
                        std::int64_t rows, std::int64_t channels) {
  const auto block_rows = rows_of_block(channels);
  const auto block = block_rows * channels;
  const auto part_rows = rows_of_part(channels);
  const auto parts = parts_of(rows, part_rows);
  std::vector<Sum> sums_of_parts(static_cast<std::size_t>(parts * block), Sum(0));
  for_each_part(parts, [&](std::int64_t part) {
    const auto begin = part * part_rows;
    const auto count = std::min(part_rows, rows - begin);
    const auto blocks = count / block_rows;
    const auto at = begin * channels;
    auto* own = sums_of_parts.data() + part * block;
    mask_wide(upstream + at, output + at, masked + at, own, blocks, block);
    const auto rest = at + blocks * block;
    mask_wide(upstream + rest, output + rest, masked + rest, own, count - blocks * block_rows, channels);
  });
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    double sum = 0.0;
    for (auto i = channel; i < parts * block; i += channels) sum += static_cast<double>(sums_of_parts[i]);
    sums[channel] = static_cast<Sum>(sum);
  }
}

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

void gather_patches(const UpperHalf* images, UpperHalf* patches, const Patches& sizes) {
  const auto of_image = sizes.height * sizes.width * sizes.channels;
  const auto of_patches = sizes.rows() * sizes.columns() * sizes.of_patch();
  for_each_part(sizes.samples, [&](std::int64_t sample) {
    gather_wide(images + sample * of_image, patches + sample * of_patches, sizes);
  });
}

void scatter_patches(const UpperHalf* patches, const float* bias, bool rectified, UpperHalf* images,
                     const Patches& sizes) {
  const auto length = sizes.width * sizes.channels;
  const auto of_image = sizes.height * length;
  const auto of_patches = sizes.rows() * sizes.columns() * sizes.of_patch();
  std::vector<float> repeated(static_cast<std::size_t>(length), 0.0F);
  if (bias != nullptr)
    for (std::int64_t i = 0; i < length; ++i) repeated[i] = bias[i % sizes.channels];
  const auto lowest = rectified ? 0.0F : -std::numeric_limits<float>::infinity();
  for_each_part(sizes.samples, [&](std::int64_t sample) {
    std::vector<float> sums(static_cast<std::size_t>(length));
    scatter_wide(patches + sample * of_patches, repeated.data(), lowest, sums.data(),
                 images + sample * of_image, sizes);
  });
}

template void convolve(const float*, const float*, const float*, float*, const Convolved&);
template void convolve(const double*, const double*, const double*, double*, const Convolved&);
template void convolution_weight_gradient(const float*, const float*, float*, const Convolved&);
template void convolution_weight_gradient(const double*, const double*, double*, const Convolved&);
template void adabelief(float*, const float*, float*, float*, std::int64_t, const BeliefCoefficients&);
template void adabelief(double*, const double*, double*, double*, std::int64_t, const BeliefCoefficients&);
template void add_bias_and_rectify(float*, const float*, std::int64_t, std::int64_t);
template void add_bias_and_rectify(double*, const double*, std::int64_t, std::int64_t);
template void add_bias_and_rectify(UpperHalf*, const float*, std::int64_t, std::int64_t);
template void rectified_gradient(const float*, const float*, float*, float*, std::int64_t, std::int64_t);
template void rectified_gradient(const double*, const double*, double*, double*, std::int64_t, std::int64_t);
template void rectified_gradient(const UpperHalf*, const UpperHalf*, UpperHalf*, float*, std::int64_t,
                                 std::int64_t);

}  // namespace rraebench::loops
