#include "rraebench/nuclear_norm.hpp"

#include "rraebench/torch.hpp"

#include <algorithm>
#include <limits>

namespace rraebench {
namespace {

double epsilon_of(torch::ScalarType type) {
  return type == torch::kFloat64 ? std::numeric_limits<double>::epsilon()
                                 : std::numeric_limits<float>::epsilon();
}

class NuclearNorm : public torch::autograd::Function<NuclearNorm> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& matrix) {
    if (!matrix.isfinite().all().item<bool>()) {
      const auto nan = torch::full_like(matrix, std::numeric_limits<double>::quiet_NaN());
      context->save_for_backward({nan});
      return nan.sum();
    }
    const auto [left, values, right_transposed] = torch::linalg_svd(matrix, /*full_matrices=*/false);
    const auto tolerance = static_cast<double>(std::max(matrix.size(0), matrix.size(1))) *
                           epsilon_of(matrix.scalar_type()) * values[0].item<double>();
    const auto counted = (values > tolerance).to(matrix.scalar_type());
    context->save_for_backward({(left * counted).matmul(right_transposed)});
    return values.sum();
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    return {gradients[0] * context->get_saved_variables()[0]};
  }
};

}  // namespace

torch::Tensor stable_nuclear_norm(const torch::Tensor& matrix) {
  return NuclearNorm::apply(matrix);
}

}  // namespace rraebench
