#pragma once
// Implements: how exactly a GPU computes in float32.

namespace rraebench {

/// From here on float32 is float32, and what a GPU sums up twice comes out alike. LibTorch's defaults let
/// cuDNN convolve with 10 bits of mantissa (TF32), and by kernels that add in whatever order.
void compute_exactly_on_gpus();

}  // namespace rraebench
