#pragma once
// Implements: mean and covariance of a set's features in a file, as the common tools exchange them.

#include "host/common/npz.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace rraebench {

struct FeatureStatistics {
  NpzArray mu;                    // d
  NpzArray sigma;                 // d x d, unbiased.
  std::int64_t count = 0;         // Samples behind them; 0: the file does not say.
  NpzArray features;              // Of some of the samples, n x d; empty where the file has none.
  std::optional<double> entropy;  // Mean entropy of a classifier's answers to the samples.
};

/// Arrays 'mu' and 'sigma' are what pytorch-fid, clean-fid and others write and read; 'count', 'features' and
/// 'entropy' are this project's and may be missing; others are passed over. Throws UserError with one line
/// that names the file: as read_npz, and for arrays of other shapes, values that are not finite and a sigma
/// that is no covariance (not symmetric, negative on the diagonal, a correlation above 1) or none of so few
/// samples.
FeatureStatistics read_feature_statistics(const std::filesystem::path& file);
/// The same of arrays that were read; `file` names them in messages.
FeatureStatistics feature_statistics_of(NpzArrays arrays, const std::string& file);

NpzArrays arrays_of(const FeatureStatistics& statistics);
/// Throws as write_npz does.
void write_feature_statistics(const std::filesystem::path& file, const FeatureStatistics& statistics);

}  // namespace rraebench
