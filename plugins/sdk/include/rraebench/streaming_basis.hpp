#pragma once
// Implements: one basis for the latents of a whole data set, seen batch by batch.

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rraebench {

/// Collects latents and gives their leading right singular vectors, exactly (no truncation between batches).
///
/// Rows are kept as they are until there are L of them, then folded into the L x L Gram matrix: memory stays
/// below 2 L^2 doubles however many samples come. Everything is float64: summing a Gram matrix in float32
/// loses the modes below 1e-4 of the first one.
class StreamingBasis {
 public:
  /// `centred`: the mean of all latents is taken off them first.
  explicit StreamingBasis(std::int64_t latent_size, bool centred = false);

  /// latent: B x L. Throws std::invalid_argument for another width or values that are not finite.
  void add(const torch::Tensor& latent);

  /// L x rank, orthonormal columns, float64, by descending singular value; the entry of largest magnitude in
  /// each column is positive. Throws std::invalid_argument unless 1 <= rank <= min(samples seen, L).
  /// Directions beyond the numerical rank of the data are completed to an orthonormal set.
  torch::Tensor basis(std::int64_t rank) const;

  /// Of all latents: L, float64.
  torch::Tensor mean() const;

  /// Root mean squares over the samples of the coefficients on `basis` (L x k, float64): k, float64. On
  /// basis(), the singular values over the root of the number of samples.
  torch::Tensor root_mean_squares(const torch::Tensor& basis) const;

  std::int64_t sample_count() const { return sample_count_; }

 private:
  torch::Tensor rows() const;            // While there are fewer than L, as they count.
  torch::Tensor gram_as_counts() const;  // Else.

  std::int64_t latent_size_;
  bool centred_;
  std::int64_t sample_count_ = 0;
  torch::Tensor sum_;                // L: of all rows.
  std::vector<torch::Tensor> rows_;  // Until there are L rows; B x L each.
  std::int64_t buffered_rows_ = 0;
  torch::Tensor gram_;  // L x L once there are.
};

}  // namespace rraebench
