#pragma once
// Implements: the patches of bfloat16 images that a convolution's kernel sees, and images from patches.

#include "upper_half.hpp"

#include <cstdint>

namespace rraebench::loops {

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
