#pragma once
// Implements: the input of the 2015 Inception graph by which FID is defined.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// N x C x H x W float -> N x C x height x width by TensorFlow 1's bilinear rule: output pixel i is taken at
/// i * H / height, without half-pixel centres and without antialiasing, the last pixel repeated beyond the
/// edge. Against the half-pixel rule, small images differ by tens of grey levels, so FIDs do too.
torch::Tensor resize_as_tensorflow1(const torch::Tensor& images, std::int64_t height, std::int64_t width);

/// N x 3 x H x W uint8 -> N x 3 x 299 x 299 float32: resize_as_tensorflow1, then (value - 128) / 128, as the
/// graph inception-2015-12-05 does (Heusel et al. 2017's code; torch-fidelity).
torch::Tensor inception_input(const torch::Tensor& bytes);

}  // namespace rraebench
