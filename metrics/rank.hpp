#pragma once
// Implements: the singular spectrum of a latent matrix given in batches, and measures of rank of a spectrum.

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rraebench {

/// Singular values of an N x L latent matrix, streamed. Memory: max(L, 1024) buffered rows and a factor of
/// L x L, whatever N. Buffered rows are folded by QR into a triangular factor R, R^T R the scatter of all
/// rows about their mean (sequential TSQR, Demmel et al. 2012), rather than into a Gram matrix, whose square
/// root would lose every singular value below 1e-8 of the largest. A value: copies are independent.
class LatentSpectrum {
 public:
  enum class Centring { kCentred, kAsIs };

  /// `latent`: N x L, L > 0, any floating type; N may be 0. Throws std::invalid_argument for another shape,
  /// another L than before, and values that are infinite or not a number; what was added before stays.
  void add(const torch::Tensor& latent);

  std::int64_t count() const { return count_ + buffered_; }

  /// min(N, L) singular values, descending, float64, of the matrix with its column means taken off (the
  /// default), or as it is. Centred, those below 16 * 2^-52 * ||Y||_F are rounding of the means and given as
  /// 0, so that a constant latent has rank 0. Throws std::invalid_argument if nothing was added.
  torch::Tensor singular_values(Centring centring = Centring::kCentred) const;

 private:
  void add_rows(const torch::Tensor& rows);
  void fold();

  std::int64_t count_ = 0;  // Rows in factor_.
  torch::Tensor mean_;      // L: of the rows in factor_.
  torch::Tensor factor_;    // r x L, r <= L.
  std::vector<torch::Tensor> buffer_;
  std::int64_t buffered_ = 0;  // Rows in buffer_.
};

// The measures below take singular values: 1-D, non-negative and finite (else std::invalid_argument), in any
// order. All are 0 for a spectrum of zeros alone.

/// Number of singular values > relative_tolerance * sigma_1.
std::int64_t numerical_rank(const torch::Tensor& singular_values, double relative_tolerance = 1e-3);

/// max(rows, columns) * 2^-52, the tolerance for numerical_rank that MATLAB and NumPy use for float64 data. A
/// latent that was computed in float32 has noise above it: there the rank comes out full.
double machine_tolerance(std::int64_t rows, std::int64_t columns);

/// sum sigma_i^2 / sigma_1^2 (Rudelson & Vershynin 2007).
double stable_rank(const torch::Tensor& singular_values);

/// exp(-sum p_i log p_i), p_i = sigma_i / sum sigma: of singular values, not eigenvalues (Roy & Vetterli
/// 2007).
double effective_rank(const torch::Tensor& singular_values);

/// (sum lambda_i)^2 / sum lambda_i^2, lambda_i = sigma_i^2 (Gao et al. 2017).
double participation_ratio(const torch::Tensor& singular_values);

/// Share in [0, 1] of sum sigma_i^2 that the k largest hold, k >= 0; 1 where k is at least their number.
double energy_captured(const torch::Tensor& singular_values, std::int64_t k);

}  // namespace rraebench
