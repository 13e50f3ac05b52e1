#include "rraebench/mode_signs.hpp"

namespace rraebench {
namespace {

torch::Tensor never_zero(const torch::Tensor& signs) {
  return torch::where(signs == 0, torch::ones_like(signs), signs);
}

}  // namespace

torch::Tensor with_canonical_signs(const torch::Tensor& basis) {
  const auto largest = basis.abs().argmax(0, /*keepdim=*/true);
  return basis * never_zero(basis.gather(0, largest).sign());
}

torch::Tensor with_signs_of(const torch::Tensor& basis, const torch::Tensor& reference) {
  const auto canonical = with_canonical_signs(basis);
  const auto products = (canonical * reference.to(canonical.scalar_type())).sum(0, /*keepdim=*/true);
  return canonical * never_zero(products.sign());
}

}  // namespace rraebench
