#pragma once
// Implements: loops over plain memory that are several tensor operations in one pass, on LibTorch's OpenMP
// threads. Apart from LibTorch's headers, which the compiler reads without OpenMP in this project.
//
// Every element and every sum comes out the same for any number of threads.

#include <cstdint>

namespace rraebench::loops {

/// The upper half of a float (bfloat16), as it lies in memory.
struct UpperHalf {
  std::uint16_t bits;
};

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

/// values = max(values + bias, 0) for rows x channels values. Scalar: float, double or UpperHalf; the bias is
/// float where the values are UpperHalf.
template <typename Scalar, typename Sum>
void add_bias_and_rectify(Scalar* values, const Sum* bias, std::int64_t rows, std::int64_t channels);

/// masked = upstream where output > 0, else 0, for rows x channels values, and its sums over the rows.
template <typename Scalar, typename Sum>
void rectified_gradient(const Scalar* upstream, const Scalar* output, Scalar* masked, Sum* sums,
                        std::int64_t rows, std::int64_t channels);

constexpr std::int64_t kLeastPixels = 4;  // Width of the output that convolve() takes at least.

/// A convolution without padding, with steps of 1, of images that have their channels last.
struct Convolved {
  std::int64_t samples;
  std::int64_t height;  // Of the input, like the width.
  std::int64_t width;
  std::int64_t channels;
  std::int64_t kernel;   // Height and width.
  std::int64_t outputs;  // Channels of the output.

  std::int64_t output_height() const { return height - kernel + 1; }
  std::int64_t output_width() const { return width - kernel + 1; }
  // Values: of a row of the input, of a row of the kernel, of a sample, of its output, of the weight.
  std::int64_t row() const { return width * channels; }
  std::int64_t along() const { return kernel * channels; }
  std::int64_t of_input() const { return height * row(); }
  std::int64_t of_output() const { return output_height() * output_width() * outputs; }
  std::int64_t of_weight() const { return outputs * kernel * along(); }
};

/// output: samples x (height - kernel + 1) x (width - kernel + 1) x outputs; weight: outputs x kernel x
/// kernel x channels; bias: outputs. For few outputs: each is a sum of products along the input's rows.
/// Scalar: float or double.
template <typename Scalar>
void convolve(const Scalar* input, const Scalar* weight, const Scalar* bias, Scalar* output,
              const Convolved& sizes);

/// The weight's gradient under `upstream`, the output's.
template <typename Scalar>
void convolution_weight_gradient(const Scalar* input, const Scalar* upstream, Scalar* of_weight,
                                 const Convolved& sizes);

/// A convolution as a product of matrices: a row for each place of the output, `of_patch()` values of the
/// input long, in the order of a kernel whose channels are last. Images have their channels last.
struct Patches {
  std::int64_t samples;
  std::int64_t height;  // Of the input, like the width.
  std::int64_t width;
  std::int64_t channels;
  std::int64_t kernel;  // Height and width.
  std::int64_t stride;
  std::int64_t padding;

  std::int64_t rows() const { return (height + 2 * padding - kernel) / stride + 1; }
  std::int64_t columns() const { return (width + 2 * padding - kernel) / stride + 1; }
  std::int64_t of_patch() const { return kernel * kernel * channels; }
};

/// patches: samples rows() columns() x of_patch(), zero where the kernel looks past the edge.
void gather_patches(const UpperHalf* images, UpperHalf* patches, const Patches& sizes);

/// The transposed of gather_patches(): each value of the images is the sum of all values of patches that
/// were taken from it, added up in float, plus `bias` of its channel, where there is one, and if it is to be
/// `rectified` at least 0.
void scatter_patches(const UpperHalf* patches, const float* bias, bool rectified, UpperHalf* images,
                     const Patches& sizes);

}  // namespace rraebench::loops
