#pragma once
// Implements: the entropy of a classifier's answers, by which the RRAE paper judges interpolated images.

#include <torch/types.h>

namespace rraebench {

/// Mean over rows of -sum_c p_c log p_c, in nats, with 0 log 0 = 0 (Mounayer et al. 2024). Low where the
/// classifier is sure of every image; says nothing of variety, so report the real images' entropy beside it.
/// `probabilities`: N x classes, N > 0, any floating type. Throws std::invalid_argument for values that are
/// negative or not finite, and for rows whose sum is not 1 within 1e-3 (logits, for instance).
double mean_entropy(const torch::Tensor& probabilities);

}  // namespace rraebench
