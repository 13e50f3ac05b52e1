#include "metrics/tensors.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <stdexcept>

namespace rraebench {

torch::Tensor float64_matrix(const torch::Tensor& values, const char* what) {
  if (!values.defined()) throw std::invalid_argument(c10::str(what, ": no tensor was given"));
  if (values.dim() != 2 || !values.is_floating_point())
    throw std::invalid_argument(c10::str(what,
                                         ": expected a floating-point matrix with samples as rows, got ",
                                         values.scalar_type(), " of shape ", values.sizes()));
  auto matrix = values.detach().to(torch::kCPU, torch::kFloat64);
  if (!torch::isfinite(matrix).all().item<bool>())
    throw std::invalid_argument(c10::str(what, ": some values are infinite or not a number"));
  return matrix;
}

torch::Generator seeded_generator(std::uint64_t seed) {
  return torch::make_generator<at::CPUGeneratorImpl>(seed);
}

}  // namespace rraebench
