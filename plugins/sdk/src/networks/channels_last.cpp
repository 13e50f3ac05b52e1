#include "channels_last.hpp"

#include <tuple>

namespace rraebench::networks {

torch::Tensor channels_last(const torch::Tensor& images) {
  return images.contiguous(torch::MemoryFormat::ChannelsLast);
}

std::pair<torch::Tensor, torch::Tensor> convolution_gradients(const torch::Tensor& upstream,
                                                              const torch::Tensor& input,
                                                              const torch::Tensor& kernel,
                                                              std::int64_t stride, std::int64_t padding,
                                                              bool of_input, bool of_kernel) {
  auto gradients = torch::convolution_backward(upstream, input, kernel, c10::nullopt, {stride, stride},
                                               {padding, padding}, {1, 1}, /*transposed=*/false, {0, 0},
                                               /*groups=*/1, {of_input, of_kernel, false});
  return {std::get<0>(gradients), std::get<1>(gradients)};
}

}  // namespace rraebench::networks
