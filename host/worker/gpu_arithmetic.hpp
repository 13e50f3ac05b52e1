#pragma once
// Implements: how exactly a GPU computes in float32.

namespace rraebench {

/// From here on float32 is float32, and what a GPU sums up twice comes out alike. LibTorch's defaults let
/// cuDNN convolve with 10 bits of mantissa (TF32), and by kernels that add in whatever order.
void compute_exactly_on_gpus();

/// As long as it lives a GPU convolves in TF32.
class ConvolutionsInTf32 {
 public:
  ConvolutionsInTf32();
  ~ConvolutionsInTf32();
  ConvolutionsInTf32(const ConvolutionsInTf32&) = delete;
  ConvolutionsInTf32& operator=(const ConvolutionsInTf32&) = delete;

 private:
  bool before_;
};

}  // namespace rraebench
