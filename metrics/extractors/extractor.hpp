#pragma once
// Implements: what a feature extractor of FID is, whichever network or projection it uses.

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rraebench {

/// What an extractor makes of some samples, on the CPU.
struct FeatureRows {
  torch::Tensor features;       // N x d
  torch::Tensor probabilities;  // N x classes, rows sum to 1; undefined for an extractor without classes.
};

/// Turns samples into feature vectors, without gradients, on the device of its own state. Works through them
/// in batches of one fixed size, since the features of some networks depend on the size in their last digits,
/// and for the same reason each batch on one thread: several batches at a time, so that the same samples have
/// the same features to the bit with any number of threads.
class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;
  FeatureExtractor(const FeatureExtractor&) = delete;
  FeatureExtractor& operator=(const FeatureExtractor&) = delete;

  /// `values`: N x sample shape, N > 0, floating point, un-normalised (images: in [0, 1]). Features and class
  /// probabilities come from one pass over them. Throws std::invalid_argument if the sample shape is not the
  /// extractor's.
  FeatureRows extract(const torch::Tensor& values) const;

  /// The features alone, N x d.
  torch::Tensor features(const torch::Tensor& values) const { return extract(values).features; }

  /// The tensors that decide the features, in a fixed order, for the caller to hash.
  virtual std::vector<torch::Tensor> state() const = 0;

 protected:
  explicit FeatureExtractor(std::int64_t batch_size) : batch_size_(batch_size) {}

 private:
  /// Throws std::invalid_argument if samples of this shape (without N) do not fit.
  virtual void check_sample_shape(at::IntArrayRef shape) const = 0;
  /// On any device. Called by several threads at once.
  virtual FeatureRows extract_batch(const torch::Tensor& batch) const = 0;
  virtual torch::Device device() const { return torch::kCPU; }

  void check(const torch::Tensor& values) const;

  std::int64_t batch_size_;
};

}  // namespace rraebench
