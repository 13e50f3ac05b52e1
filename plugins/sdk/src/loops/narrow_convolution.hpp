#pragma once
// Implements: a convolution to few channels over plain memory, and its weight's gradient.

#include <cstdint>

namespace rraebench::loops {

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

}  // namespace rraebench::loops
