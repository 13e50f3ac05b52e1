#pragma once
// Implements: the feature extractor `torchscript:FILE`: any TorchScript module that takes uint8 images, such
// as the TorchScript copy of the 2015 Inception graph by which FID is defined. The caller loads the file.

#include "metrics/extractors/extractor.hpp"

#include <torch/csrc/jit/api/module.h>

namespace rraebench {

/// N x C x H x W values in [0, 1] (C = 1 or 3) -> N x 3 x H x W uint8: clamp(0, 1) * 255, rounded half to
/// even; grey repeated to three channels. Both sides of a comparison go through this: what a model decodes
/// may leave the range and is clamped, samples that come from files are to be refused before. Throws
/// std::invalid_argument for NaN.
torch::Tensor to_rgb_bytes(const torch::Tensor& values);

/// Features: what the module's forward gives, called with return_features=true where its schema has that
/// argument. A module that takes to_rgb_bytes (N x 3 x H x W uint8) is given those and resizes and scales by
/// itself; one that refuses them, such as Inception's layers alone, is given inception_input of them. Which
/// it is, two black images show when the extractor is made.
class TorchScriptExtractor final : public FeatureExtractor {
 public:
  /// `sample_shape`: {C, H, W} of the images to come. Moves the module to `device` and puts it in evaluation
  /// mode. Throws std::invalid_argument, saying what it gave or why it failed, unless two images give 2 x d
  /// floating-point features.
  TorchScriptExtractor(torch::jit::Module module, at::IntArrayRef sample_shape,
                       torch::Device device = torch::kCPU);

  /// Parameters and buffers. A module's code decides its features too: hash the file as well.
  std::vector<torch::Tensor> state() const override;

 private:
  void check_sample_shape(at::IntArrayRef shape) const override;
  FeatureRows extract_batch(const torch::Tensor& batch) const override;
  torch::Device device() const override { return device_; }
  torch::jit::IValue forward(const torch::Tensor& bytes) const;

  mutable torch::jit::Module module_;  // A module's forward is not const.
  std::vector<std::int64_t> sample_shape_;
  torch::Device device_;
  bool takes_return_features_ = false;
  bool takes_bytes_ = true;
};

}  // namespace rraebench
