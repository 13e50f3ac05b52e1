#include "metrics/extractors/torchscript.hpp"

#include "metrics/extractors/inception_input.hpp"
#include "metrics/tf32_convolutions.hpp"

#include <torch/csrc/jit/runtime/graph_executor.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kScriptBatch = 16;  // Of large networks: every thread has one in work.

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

TorchScriptExtractor::TorchScriptExtractor(torch::jit::Module module, at::IntArrayRef sample_shape,
                                           torch::Device device)
    : FeatureExtractor(kScriptBatch),
      module_(module),  // A handle: nothing large is copied.
      sample_shape_(sample_shape.vec()),
      device_(device) {
  if (sample_shape_.size() != 3 || (sample_shape_[0] != 1 && sample_shape_[0] != 3))
    throw std::invalid_argument(c10::str(
        "torchscript extractor: takes images of 1 or 3 channels, not samples of shape ", sample_shape));
  const auto method = module_.find_method("forward");
  if (!method) throw std::invalid_argument("torchscript extractor: the module has no method 'forward'");
  takes_return_features_ =
      method->function().getSchema().argumentIndexWithName("return_features").has_value();
  // The other executor recompiles by what it has seen so far, which with threads is another thing every time.
  torch::jit::getExecutorMode() = false;
  const torch::NoGradGuard no_grad;
  module_.to(device_);
  module_.eval();

  const auto probe = torch::zeros({2, sample_shape_[0], sample_shape_[1], sample_shape_[2]});
  std::string refusal;
  try {
    forward(to_rgb_bytes(probe));
  } catch (const std::exception& error) {
    refusal = summary(error);
    takes_bytes_ = false;
  }
  try {
    extract_batch(probe);
  } catch (const std::invalid_argument& error) {
    throw;
  } catch (const std::exception& error) {
    throw std::invalid_argument("torchscript extractor: the module fails on N x 3 x H x W uint8 images (" +
                                refusal + ") and on N x 3 x 299 x 299 of (value - 128) / 128 (" +
                                summary(error) + ")");
  }
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

torch::jit::IValue TorchScriptExtractor::forward(const torch::Tensor& bytes) const {
  // Features must not depend on the device: cuDNN would otherwise convolve with 10 bits of mantissa.
  const Tf32Convolutions in_float32(false);
  torch::jit::Kwargs options;
  if (takes_return_features_) options["return_features"] = true;
  const auto input = bytes.to(device_);
  return module_.get_method("forward")({takes_bytes_ ? input : inception_input(input)}, options);
}

FeatureRows TorchScriptExtractor::extract_batch(const torch::Tensor& batch) const {
  const auto output = forward(to_rgb_bytes(batch));
  if (!output.isTensor())
    throw std::invalid_argument("torchscript extractor: expected an N x d tensor of features, got a " +
                                output.tagKind());
  const auto& features = output.toTensor();
  if (features.dim() != 2 || features.size(0) != batch.size(0) || features.size(1) == 0 ||
      !features.is_floating_point())
    throw std::invalid_argument(c10::str("torchscript extractor: expected ", batch.size(0),
                                         " x d floating-point features, got ", features.scalar_type(),
                                         " of shape ", features.sizes()));
  return {features.to(torch::kFloat32), {}};
}

}  // namespace rraebench
