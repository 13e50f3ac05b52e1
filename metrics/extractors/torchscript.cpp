#include "metrics/extractors/torchscript.hpp"

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kBatchSize = 64;

/// The line that says what went wrong: the interpreter's message puts it behind "RuntimeError: ", after a
/// trace.
std::string summary(const std::exception& error) {
  const std::string text = error.what();
  const std::string marker = "RuntimeError: ";
  const auto found = text.rfind(marker);
  const auto begin = found == std::string::npos ? 0 : found + marker.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

torch::Tensor to_rgb_bytes(const torch::Tensor& values) {
  if (values.dim() != 4 || (values.size(1) != 1 && values.size(1) != 3) || !values.is_floating_point())
    throw std::invalid_argument(
        c10::str("expected N x C x H x W floating-point images of 1 or 3 channels, got ",
                 values.scalar_type(), " of shape ", values.sizes()));
  if (torch::isnan(values).any().item<bool>())
    throw std::invalid_argument("images: some values are not a number");
  const auto bytes = values.detach().clamp(0.0, 1.0).mul(255.0).round().to(torch::kUInt8);
  return bytes.size(1) == 1 ? bytes.expand({-1, 3, -1, -1}).contiguous() : bytes;
}

TorchScriptExtractor::TorchScriptExtractor(torch::jit::Module module, at::IntArrayRef sample_shape)
    : FeatureExtractor(kBatchSize), module_(std::move(module)), sample_shape_(sample_shape.vec()) {
  if (sample_shape_.size() != 3 || (sample_shape_[0] != 1 && sample_shape_[0] != 3))
    throw std::invalid_argument(c10::str(
        "torchscript extractor: takes images of 1 or 3 channels, not samples of shape ", sample_shape));
  const auto forward = module_.find_method("forward");
  if (!forward) throw std::invalid_argument("torchscript extractor: the module has no method 'forward'");
  takes_return_features_ =
      forward->function().getSchema().argumentIndexWithName("return_features").has_value();
  const auto tensors = state();
  if (!tensors.empty()) device_ = tensors.front().device();

  const torch::NoGradGuard no_grad;
  module_.eval();
  batch_features(torch::zeros({2, sample_shape_[0], sample_shape_[1], sample_shape_[2]}));
}

std::vector<torch::Tensor> TorchScriptExtractor::state() const {
  std::vector<torch::Tensor> tensors;
  for (const auto& parameter : module_.parameters()) tensors.push_back(parameter);
  for (const auto& buffer : module_.buffers()) tensors.push_back(buffer);
  return tensors;
}

void TorchScriptExtractor::check_sample_shape(at::IntArrayRef shape) const {
  if (shape != at::IntArrayRef(sample_shape_))
    throw std::invalid_argument(c10::str("torchscript extractor: made for images of shape ", sample_shape_,
                                         ", got samples of shape ", shape));
}

torch::Tensor TorchScriptExtractor::batch_features(const torch::Tensor& batch) const {
  torch::jit::Kwargs options;
  if (takes_return_features_) options["return_features"] = true;
  torch::jit::IValue output;
  try {
    output = module_.get_method("forward")({to_rgb_bytes(batch).to(device_)}, options);
  } catch (const std::exception& error) {
    throw std::invalid_argument("torchscript extractor: the module fails on N x 3 x H x W uint8 images: " +
                                summary(error));
  }
  if (!output.isTensor())
    throw std::invalid_argument("torchscript extractor: expected an N x d tensor of features, got a " +
                                output.tagKind());
  const auto features = output.toTensor();
  if (features.dim() != 2 || features.size(0) != batch.size(0) || features.size(1) == 0 ||
      !features.is_floating_point())
    throw std::invalid_argument(c10::str("torchscript extractor: expected ", batch.size(0),
                                         " x d floating-point features, got ", features.scalar_type(),
                                         " of shape ", features.sizes()));
  return features.to(torch::kFloat32);
}

}  // namespace rraebench
