#include "metrics/extractors/inception_input.hpp"

#include <algorithm>

namespace rraebench {
namespace {

/// `to` x `from`: row i holds the weights of the pixels that output pixel i is made of, in the single
/// precision in which TensorFlow reckons them.
torch::Tensor resizing_weights(std::int64_t from, std::int64_t to) {
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  auto weights = torch::zeros({to, from}, torch::kFloat32);
  auto values = weights.accessor<float, 2>();
  for (std::int64_t i = 0; i < to; ++i) {
    const float place = static_cast<float>(i) * scale;
    const auto low = std::min(static_cast<std::int64_t>(place), from - 1);
    const float share = place - static_cast<float>(low);
    values[i][low] += 1.0F - share;
    values[i][std::min(low + 1, from - 1)] += share;
  }
  return weights;
}

}  // namespace

torch::Tensor resize_as_tensorflow1(const torch::Tensor& images, std::int64_t height, std::int64_t width) {
  const auto rows = resizing_weights(images.size(2), height).to(images.device());
  const auto columns = resizing_weights(images.size(3), width).to(images.device());
  return torch::matmul(torch::matmul(rows, images.to(torch::kFloat32)), columns.t());
}

torch::Tensor inception_input(const torch::Tensor& bytes) {
  constexpr std::int64_t kSide = 299;
  return (resize_as_tensorflow1(bytes, kSide, kSide) - 128.0) / 128.0;
}

}  // namespace rraebench
