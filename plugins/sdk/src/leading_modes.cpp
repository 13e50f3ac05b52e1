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

/// The Gram matrix has the squares of the singular values: of a mode this far below the first it says little,
/// and the SVD is taken in its place.
constexpr double kSmallestByGram = 1e-4;

/// 1 / x, but zero where x is far below `scale`.
torch::Tensor guarded_inverse(const torch::Tensor& x, const torch::Tensor& scale) {
  const auto guard = (kRelativeGuard * scale).square().clamp_min(std::numeric_limits<double>::min());
  return x / (x.square() + guard);
}

torch::Tensor first(const torch::Tensor& columns, std::int64_t rank) {
  return columns.index({Slice(), Slice(None, rank)});
}

/// Y = V S U^T, all modes of the smaller side, the largest first. By a Gram matrix only that side's vectors
/// are known: V (B x B) of a wide Y, U (L x L) of a tall one.
struct Modes {
  torch::Tensor left;     // V, or undefined.
  torch::Tensor squares;  // S^2.
  torch::Tensor right;    // U, or undefined.
};

Modes modes_of(const torch::Tensor& y, std::int64_t rank) {
  const bool wide = y.size(0) <= y.size(1);
  const auto [ascending, vectors] = torch::linalg_eigh(wide ? y.matmul(y.t()) : y.t().matmul(y));
  const auto squares = ascending.flip(0).clamp_min(0.0);
  const bool exact = (squares[rank - 1] > kSmallestByGram * kSmallestByGram * squares[0]).item<bool>();
  if (exact) return wide ? Modes{vectors.flip(1), squares, {}} : Modes{{}, squares, vectors.flip(1)};
  const auto [left, values, right_transposed] = torch::linalg_svd(y, /*full_matrices=*/false);
  return {left, values.square(), right_transposed.t().contiguous()};
}

// The gradients below are that of the thin SVD: with the gradient H of the basis, Y^T of the coefficients' in
// it, and coupling(j, i) = u_j^T h_i / (s_i^2 - s_j^2), j over all modes, i over the kept ones, zero for j =
// i.

torch::Tensor gaps_of(const torch::Tensor& squares, std::int64_t rank) {
  return squares.index({Slice(None, rank)}).unsqueeze(0) - squares.unsqueeze(1);
}

torch::Tensor coupling_of(const torch::Tensor& projected, const torch::Tensor& squares) {
  return projected * guarded_inverse(gaps_of(squares, projected.size(1)), squares[0]);
}

torch::Tensor gradient_by_svd(const torch::Tensor& y, const Modes& modes,
                              const torch::Tensor& of_coefficients, const torch::Tensor& of_basis) {
  const auto rank = of_coefficients.size(1);
  const auto basis = first(modes.right, rank);
  const auto h = of_basis + y.t().matmul(of_coefficients);
  const auto projected = modes.right.t().matmul(h);
  const auto coupling = coupling_of(projected, modes.squares);
  const auto scaled_left = modes.left * modes.squares.sqrt();  // V S = Y U.
  const auto kept_left = first(scaled_left, rank);
  const auto kept_squares = modes.squares.index({Slice(None, rank)});
  const auto outside = h - modes.right.matmul(projected);
  auto result = of_coefficients.matmul(basis.t());
  result += kept_left.matmul(coupling.t()).matmul(modes.right.t());
  result += scaled_left.matmul(coupling).matmul(basis.t());
  result += (kept_left * guarded_inverse(kept_squares, modes.squares[0])).matmul(outside.t());
  return result;
}

/// Of a tall Y: U is complete, nothing of the basis' gradient lies outside, and V S = Y U.
torch::Tensor gradient_by_right_modes(const torch::Tensor& y, const Modes& modes,
                                      const torch::Tensor& of_coefficients, const torch::Tensor& of_basis) {
  const auto basis_transposed = first(modes.right, of_coefficients.size(1)).t();
  const auto projected = modes.right.t().matmul(of_basis + y.t().matmul(of_coefficients));
  const auto of_gram = modes.right.matmul(coupling_of(projected, modes.squares)).matmul(basis_transposed);
  return of_coefficients.matmul(basis_transposed) + y.matmul(of_gram + of_gram.t());
}

/// Of a wide Y: u_j = Y^T v_j / s_j is put into the gradient by the SVD, where all divisions by dropped
/// singular values cancel. What is left are products of B x B with Y.
torch::Tensor gradient_by_left_modes(const torch::Tensor& y, const Modes& modes,
                                     const torch::Tensor& of_coefficients, const torch::Tensor& of_basis) {
  const auto rank = of_coefficients.size(1);
  const auto kept_left = first(modes.left, rank);
  const auto kept_squares = modes.squares.index({Slice(None, rank)});
  const auto kept_values = kept_squares.sqrt();
  const auto over_values = kept_left / kept_values;  // basis = Y^T over_values.
  const auto projected =                             // s_j u_j^T h_i.
      modes.left.t().matmul(y.matmul(of_basis) + y.matmul(y.t().matmul(of_coefficients)));
  const auto coupling = coupling_of(projected, modes.squares);
  // coupling / s_i where gaps are wide; at a tie, which the guard makes zero, what lies outside remains.
  const auto gaps = gaps_of(modes.squares, rank);
  const auto guarded = 1.0 - gaps * guarded_inverse(gaps, modes.squares[0]);
  const auto outside = (coupling - projected * guarded / kept_squares) / kept_values;
  auto of_rows = (of_coefficients + modes.left.matmul(coupling)).matmul(over_values.t());
  of_rows += kept_left.matmul(modes.left.matmul(outside).t());
  of_rows += over_values.matmul(of_coefficients.t());
  return of_rows.matmul(y) + over_values.matmul(of_basis.t());
}

class LeadingModesOf : public torch::autograd::Function<LeadingModesOf> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context,
                                                const torch::Tensor& latent, std::int64_t rank,
                                                const torch::Tensor& reference) {
    const auto type = latent.scalar_type();
    const auto y = latent.to(torch::kFloat64);
    if (!y.isfinite().all().item<bool>()) {
      context->save_for_backward({y, {}, {}, {}});
      const auto nan = std::numeric_limits<double>::quiet_NaN();
      return {latent.new_full({y.size(0), rank}, nan), latent.new_full({y.size(1), rank}, nan)};
    }
    auto modes = modes_of(y, rank);
    const auto unsigned_basis =
        modes.right.defined()
            ? first(modes.right, rank).clone()
            : y.t().matmul(first(modes.left, rank) / modes.squares.index({Slice(None, rank)}).sqrt());
    const auto basis = with_signs_of(unsigned_basis, reference);
    const auto signs = (basis * unsigned_basis).sum(0, /*keepdim=*/true).sign();
    for (const auto& side : {modes.left, modes.right})
      if (side.defined()) first(side, rank).mul_(signs);
    context->save_for_backward({y, modes.left, modes.squares, modes.right});
    return {y.matmul(basis).to(type), basis.to(type)};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& y = saved[0];
    const Modes modes{saved[1], saved[2], saved[3]};
    const auto& given = gradients[0].defined() ? gradients[0] : gradients[1];
    const auto type = given.scalar_type();
    if (!modes.squares.defined())
      return {torch::full_like(y, std::numeric_limits<double>::quiet_NaN()).to(type), {}, {}};
    const auto or_zeros = [&](const torch::Tensor& gradient, std::int64_t rows) {
      return gradient.defined() ? gradient.to(torch::kFloat64) : y.new_zeros({rows, given.size(1)});
    };
    const auto of_coefficients = or_zeros(gradients[0], y.size(0));
    const auto of_basis = or_zeros(gradients[1], y.size(1));
    const auto gradient = !modes.right.defined()  ? gradient_by_left_modes
                          : !modes.left.defined() ? gradient_by_right_modes
                                                  : gradient_by_svd;
    return {gradient(y, modes, of_coefficients, of_basis).to(type), {}, {}};
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
