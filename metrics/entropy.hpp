#pragma once
// Implements: the entropy of a classifier's answers, by which the RRAE paper judges interpolated images.

#include <torch/types.h>

namespace rraebench {

/// N, float64: -sum_c p_c log p_c of each row, in nats, with 0 log 0 = 0. `probabilities`: N x classes, any
/// floating type. Throws std::invalid_argument for values that are negative or not finite, and for rows whose
/// sum is not 1 within 1e-3 (logits, for instance).
torch::Tensor entropies(const torch::Tensor& probabilities);

/// Mean of entropies(), N > 0 (Mounayer et al. 2024). Low where the classifier is sure of every image; says
/// nothing of variety, so report the real images' entropy beside it. Throws as entropies() does.
double mean_entropy(const torch::Tensor& probabilities);

}  // namespace rraebench
