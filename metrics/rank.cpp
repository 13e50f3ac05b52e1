#include "metrics/rank.hpp"

#include "metrics/tensors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace rraebench {
namespace {

/// As many rows as there are columns make a fold cheap; with few columns, more rows make it worth its call.
std::int64_t buffer_capacity(std::int64_t columns) {
  return std::max<std::int64_t>(columns, 1024);
}

/// Singular values in float64, descending, divided by the largest: squares neither overflow nor vanish.
/// Empty for a zero matrix.
torch::Tensor relative_spectrum(const torch::Tensor& singular_values) {
  if (singular_values.dim() != 1 || !singular_values.is_floating_point())
    throw std::invalid_argument(c10::str("singular values: expected a floating-point vector, got ",
                                         singular_values.scalar_type(), " of shape ",
                                         singular_values.sizes()));
  const auto sigma = singular_values.detach().to(torch::kCPU, torch::kFloat64);
  if (!(torch::isfinite(sigma) & (sigma >= 0.0)).all().item<bool>())
    throw std::invalid_argument("singular values: some are negative, infinite or not a number");
  if (sigma.numel() == 0 || sigma.max().item<double>() == 0.0) return torch::empty({0}, torch::kFloat64);
  return std::get<0>((sigma / sigma.max()).sort(0, /*descending=*/true));
}

}  // namespace

void LatentSpectrum::add(const torch::Tensor& latent) {
  if (!latent.defined() || latent.dim() != 2 || latent.size(1) == 0)
    throw std::invalid_argument(c10::str("latent: expected a matrix with samples as rows, got shape ",
                                         latent.defined() ? latent.sizes() : at::IntArrayRef{}));
  LatentSpectrum whole = *this;  // So that a bad row leaves this spectrum as it was.
  for (const auto& rows : latent.split(buffer_capacity(latent.size(1)))) whole.add_rows(rows);
  *this = std::move(whole);
}

void LatentSpectrum::add_rows(const torch::Tensor& rows) {
  auto block = float64_matrix(rows, "latent");
  if (count() > 0) {
    const auto width = count_ > 0 ? mean_.size(0) : buffer_.front().size(1);
    if (block.size(1) != width)
      throw std::invalid_argument(
          c10::str("latent: ", block.size(1), " columns after rows of ", width, " columns"));
  }
  if (block.size(0) == 0) return;
  if (buffered_ + block.size(0) > buffer_capacity(block.size(1))) fold();
  // A copy: the caller may write over `rows` before they are folded.
  buffer_.push_back(block.is_alias_of(rows) ? block.clone() : std::move(block));
  buffered_ += buffer_.back().size(0);
}

void LatentSpectrum::fold() {
  if (buffer_.empty()) return;
  const auto rows = torch::cat(buffer_);
  const auto rows_mean = rows.mean(0);
  std::vector<torch::Tensor> stack{rows - rows_mean};
  const auto total = count_ + buffered_;
  if (count_ > 0) {
    // Chan's update of the scatter, a rank-one term for the shift between the two means, as one more row.
    const double share = static_cast<double>(buffered_) / static_cast<double>(total);
    const auto shift = rows_mean - mean_;
    stack.push_back(factor_);
    stack.push_back((shift * std::sqrt(static_cast<double>(count_) * share)).unsqueeze(0));
    mean_ = mean_ + shift * share;
  } else {
    mean_ = rows_mean;
  }
  factor_ = std::get<1>(torch::linalg_qr(torch::cat(stack), "r"));
  count_ = total;
  buffer_.clear();
  buffered_ = 0;
}

torch::Tensor LatentSpectrum::singular_values(Centring centring) const {
  if (count() == 0) throw std::invalid_argument("latent: no rows were added");
  LatentSpectrum whole = *this;
  whole.fold();
  const auto mean_row = whole.mean_.unsqueeze(0) * std::sqrt(static_cast<double>(whole.count_));
  const auto uncentred = torch::cat({whole.factor_, mean_row});  // Same Gram matrix as the rows as they are.
  const auto size = std::min(whole.count_, mean_row.size(1));
  if (centring == Centring::kAsIs) return torch::linalg_svdvals(uncentred).slice(0, 0, size);
  const auto rounding = 16.0 * std::numeric_limits<double>::epsilon() * uncentred.norm();
  const auto sigma = torch::linalg_svdvals(whole.factor_);
  return torch::where(sigma > rounding, sigma, torch::zeros_like(sigma));
}

std::int64_t numerical_rank(const torch::Tensor& singular_values, double relative_tolerance) {
  return (relative_spectrum(singular_values) > relative_tolerance).sum().item<std::int64_t>();
}

double machine_tolerance(std::int64_t rows, std::int64_t columns) {
  return static_cast<double>(std::max(rows, columns)) * std::numeric_limits<double>::epsilon();
}

double stable_rank(const torch::Tensor& singular_values) {
  return relative_spectrum(singular_values).square().sum().item<double>();
}

double effective_rank(const torch::Tensor& singular_values) {
  const auto sigma = relative_spectrum(singular_values);
  if (sigma.numel() == 0) return 0.0;
  return std::exp(torch::special_entr(sigma / sigma.sum()).sum().item<double>());
}

double participation_ratio(const torch::Tensor& singular_values) {
  const auto energies = relative_spectrum(singular_values).square();
  if (energies.numel() == 0) return 0.0;
  const double sum = energies.sum().item<double>();
  return sum * sum / energies.square().sum().item<double>();
}

double energy_captured(const torch::Tensor& singular_values, std::int64_t k) {
  if (k < 0) throw std::invalid_argument(c10::str("energy captured: k is ", k, "; it must be 0 or more"));
  const auto energies = relative_spectrum(singular_values).square();
  if (energies.numel() == 0) return 0.0;
  const auto kept = energies.slice(0, 0, std::min(k, energies.size(0)));
  return kept.sum().item<double>() / energies.sum().item<double>();
}

}  // namespace rraebench
