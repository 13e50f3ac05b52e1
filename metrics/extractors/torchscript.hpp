#pragma once
// Implements: the feature extractor `torchscript:FILE`: any TorchScript module that takes uint8 images, such
// as the TorchScript copy of the 2015 Inception graph by which FID is defined. The caller loads the file.

#include "metrics/extractors/extractor.hpp"

#include <torch/csrc/jit/api/module.h>

namespace rraebench {

/// N x C x H x W values in [0, 1] (C = 1 or 3) -> N x 3 x H x W uint8: clamp(0, 1) * 255, rounded half to
/// even; grey repeated to three channels. Both sides of a comparison go through this. Throws
/// std::invalid_argument for NaN.
torch::Tensor to_rgb_bytes(const torch::Tensor& values);

/// Features: what the module's forward gives for to_rgb_bytes, called with return_features=true where its
/// schema has that argument. Resizing and scaling are the module's own.
class TorchScriptExtractor final : public FeatureExtractor {
 public:
  /// `sample_shape`: {C, H, W} of the images to come. Puts the module in evaluation mode and tries it on two
  /// black images: throws std::invalid_argument, saying what it gave, unless that is 2 x d floating point.
  TorchScriptExtractor(torch::jit::Module module, at::IntArrayRef sample_shape);

  /// Parameters and buffers. A module's code decides its features too: hash the file as well.
  std::vector<torch::Tensor> state() const override;

 private:
  void check_sample_shape(at::IntArrayRef shape) const override;
  torch::Tensor batch_features(const torch::Tensor& batch) const override;

  mutable torch::jit::Module module_;  // A module's forward is not const.
  std::vector<std::int64_t> sample_shape_;
  bool takes_return_features_ = false;
  torch::Device device_ = torch::kCPU;
};

}  // namespace rraebench
