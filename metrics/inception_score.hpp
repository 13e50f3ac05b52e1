#pragma once
// Implements: the inception score of a classifier's answers.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

struct InceptionScore {
  double mean = 0.0;
  double deviation = 0.0;  // Over the splits, divided by their count (NumPy's default).
};

/// exp(mean_i KL(p(y|x_i) || mean_i p(y|x_i))) of each of `splits` parts of the rows in a random order, part
/// s from row s N / splits to (s + 1) N / splits so that none is lost (Salimans et al. 2016): from 1, where
/// every row is alike, to the number of classes. It knows nothing of the real data and means something only
/// for a classifier of the data's own classes. `probabilities`: N x classes, N >= splits, any floating type,
/// 0 log 0 = 0. The same seed gives the same order. Throws std::invalid_argument for rows that are not
/// probabilities (mean_entropy) and for fewer rows than splits.
InceptionScore inception_score(const torch::Tensor& probabilities, std::int64_t splits = 10,
                               std::uint64_t seed = 0);

}  // namespace rraebench
