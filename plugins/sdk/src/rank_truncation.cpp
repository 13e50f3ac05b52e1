#include "rraebench/rank_truncation.hpp"

#include <limits>
#include <stdexcept>
#include <string>

namespace rraebench {
namespace {

using torch::indexing::None;
using torch::indexing::Slice;

constexpr double kRelativeGapGuard = 1e-6;

// Works on the orientation with the smaller first dimension: Y is n x m, n <= m.
class ProjectOnLeadingModes : public torch::autograd::Function<ProjectOnLeadingModes> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& matrix,
                               std::int64_t rank) {
    const auto wide = matrix.to(torch::kFloat64);
    const auto gram = wide.matmul(wide.t());
    if (!gram.isfinite().all().item<bool>()) {
      context->save_for_backward({matrix, torch::Tensor(), torch::Tensor()});
      return torch::full_like(matrix, std::numeric_limits<double>::quiet_NaN());
    }
    auto [eigenvalues, eigenvectors] = torch::linalg_eigh(gram);  // Ascending.
    context->save_for_backward({matrix, eigenvalues.clamp_min(0.0), eigenvectors});
    context->saved_data["rank"] = rank;
    const auto kept = eigenvectors.index({Slice(), Slice(-rank, None)});
    return kept.matmul(kept.t()).to(matrix.scalar_type()).matmul(matrix);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& matrix = saved[0];
    const auto& eigenvalues = saved[1];
    const auto& eigenvectors = saved[2];
    if (!eigenvalues.defined())
      return {torch::full_like(matrix, std::numeric_limits<double>::quiet_NaN()), torch::Tensor()};
    const auto rank = context->saved_data["rank"].toInt();
    const auto dropped_count = eigenvalues.size(0) - rank;

    const auto dropped = eigenvectors.index({Slice(), Slice(None, dropped_count)});
    const auto kept = eigenvectors.index({Slice(), Slice(dropped_count, None)});

    // All in the basis of eigenvectors: coupling(j, i) = p_j^T H p_i / guarded gap, j dropped, i kept.
    const auto gradient_gram = gradients[0].to(torch::kFloat64).matmul(matrix.to(torch::kFloat64).t());
    const auto symmetric = 0.5 * (gradient_gram + gradient_gram.t());
    const auto kept_values = eigenvalues.index({Slice(dropped_count, None)}).unsqueeze(0);
    const auto gap = kept_values - eigenvalues.index({Slice(None, dropped_count)}).unsqueeze(1);
    const auto guard =
        (kRelativeGapGuard * kept_values).square().clamp_min(std::numeric_limits<double>::min());
    const auto coupling = dropped.t().matmul(symmetric).matmul(kept) * gap / (gap.square() + guard);

    // Two products of n x n with n x m, in the precision of the matrix.
    const auto projection = kept.matmul(kept.t());
    const auto mixed = 2.0 * dropped.matmul(coupling).matmul(kept.t());
    const auto type = matrix.scalar_type();
    auto result = projection.to(type).matmul(gradients[0]);
    result.addmm_((mixed + mixed.t()).to(type), matrix);
    return {result, torch::Tensor()};
  }
};

}  // namespace

torch::Tensor truncate_rank(const torch::Tensor& latent, std::int64_t rank) {
  if (latent.dim() != 2)
    throw std::invalid_argument("truncate_rank: the latent must be a matrix (batch x latent)");
  const auto smaller = std::min(latent.size(0), latent.size(1));
  if (rank < 1 || rank > smaller)
    throw std::invalid_argument("truncate_rank: rank " + std::to_string(rank) +
                                " needs 1 <= rank <= min(batch " + std::to_string(latent.size(0)) +
                                ", latent " + std::to_string(latent.size(1)) + ")");
  if (rank == smaller) return latent;
  if (latent.size(0) <= latent.size(1)) return ProjectOnLeadingModes::apply(latent, rank);
  return ProjectOnLeadingModes::apply(latent.t(), rank).t();
}

}  // namespace rraebench
