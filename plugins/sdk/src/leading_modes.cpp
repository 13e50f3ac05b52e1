#include "rraebench/leading_modes.hpp"

#include "rraebench/mode_signs.hpp"
#include "rraebench/torch.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace rraebench {
namespace {

using torch::indexing::None;
using torch::indexing::Slice;

constexpr double kRelativeGuard = 1e-6;

/// 1 / x, but zero where x is far below `scale`.
torch::Tensor guarded_inverse(const torch::Tensor& x, const torch::Tensor& scale) {
  const auto guard = (kRelativeGuard * scale).square().clamp_min(std::numeric_limits<double>::min());
  return x / (x.square() + guard);
}

class LeadingModesOf : public torch::autograd::Function<LeadingModesOf> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context,
                                                const torch::Tensor& latent, std::int64_t rank,
                                                const torch::Tensor& reference) {
    const auto type = latent.scalar_type();
    const auto y = latent.to(torch::kFloat64);
    context->saved_data["rank"] = rank;
    if (!y.isfinite().all().item<bool>()) {
      context->saved_data["finite"] = false;
      context->save_for_backward({y, y, y, y});
      const auto nan = std::numeric_limits<double>::quiet_NaN();
      return {latent.new_full({y.size(0), rank}, nan), latent.new_full({y.size(1), rank}, nan)};
    }
    // Y = V S U^T.
    auto [left, values, right_transposed] = torch::linalg_svd(y, /*full_matrices=*/false);
    auto right = right_transposed.t().contiguous();
    const auto unsigned_basis = right.index({Slice(), Slice(None, rank)});
    const auto basis = with_signs_of(unsigned_basis, reference);
    const auto signs = (basis * unsigned_basis).sum(0, /*keepdim=*/true).sign();
    right.index_put_({Slice(), Slice(None, rank)}, basis);
    left.index({Slice(), Slice(None, rank)}).mul_(signs);
    context->saved_data["finite"] = true;
    context->save_for_backward({y, left, values, right});
    return {y.matmul(basis).to(type), basis.to(type)};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& y = saved[0];
    const auto& left = saved[1];
    const auto& values = saved[2];
    const auto& right = saved[3];
    const auto type = (gradients[0].defined() ? gradients[0] : gradients[1]).scalar_type();
    if (!context->saved_data["finite"].toBool())
      return {torch::full_like(y, std::numeric_limits<double>::quiet_NaN()).to(type), {}, {}};
    const auto rank = context->saved_data["rank"].toInt();
    const auto or_zeros = [&](const torch::Tensor& gradient, std::int64_t rows) {
      return gradient.defined() ? gradient.to(torch::kFloat64) : y.new_zeros({rows, rank});
    };
    const auto of_coefficients = or_zeros(gradients[0], y.size(0));
    const auto of_basis = or_zeros(gradients[1], y.size(1)) + y.t().matmul(of_coefficients);

    const auto basis = right.index({Slice(), Slice(None, rank)});
    const auto squares = values.square();
    const auto kept_squares = squares.index({Slice(None, rank)});
    // coupling(j, i): j over all modes of the thin SVD, i over the kept ones; its diagonal is zero.
    const auto gap = kept_squares.unsqueeze(0) - squares.unsqueeze(1);
    const auto projected = right.t().matmul(of_basis);
    const auto coupling = projected * guarded_inverse(gap, squares[0]);
    const auto scaled_left = left * values;  // V S = Y U.
    const auto kept_left = scaled_left.index({Slice(), Slice(None, rank)});
    const auto outside = of_basis - right.matmul(projected);
    auto result = of_coefficients.matmul(basis.t());
    result += kept_left.matmul(coupling.t()).matmul(right.t());
    result += scaled_left.matmul(coupling).matmul(basis.t());
    result += (kept_left * guarded_inverse(kept_squares, squares[0])).matmul(outside.t());
    return {result.to(type), {}, {}};
  }
};

}  // namespace

LeadingModes leading_modes(const torch::Tensor& latent, std::int64_t rank, const torch::Tensor& reference) {
  if (latent.dim() != 2)
    throw std::invalid_argument("leading_modes: the latent must be a matrix (batch x latent)");
  if (rank < 1 || rank > std::min(latent.size(0), latent.size(1)))
    throw std::invalid_argument("leading_modes: rank " + std::to_string(rank) +
                                " needs 1 <= rank <= min(batch " + std::to_string(latent.size(0)) +
                                ", latent " + std::to_string(latent.size(1)) + ")");
  const auto signs = reference.defined() ? reference : latent.new_zeros({latent.size(1), rank});
  const auto modes = LeadingModesOf::apply(latent, rank, signs);
  return {modes[0], modes[1]};
}

}  // namespace rraebench
