#pragma once
// Implements: training samples in a seeded random order, batch by batch.

#include "datasets/dataset.hpp"
#include "rraebench/model.hpp"
#include "rraebench/torch.hpp"

#include <cstdint>

namespace rraebench {

/// The normalised samples of a split on a device, with their labels and parameters where it has them. Curves
/// are normalised once; bytes of images batch by batch.
class SampleSource {
 public:
  SampleSource(const Split& split, const Normalisation& normalisation, torch::Device device);

  std::int64_t size() const { return samples_.size(0); }
  at::IntArrayRef sample_shape() const { return samples_.sizes().slice(1); }
  /// Rows `indices` (int64, CPU), normalised, on the device; its step is 0.
  Batch batch(const torch::Tensor& indices) const;
  /// Rows [first, last).
  torch::Tensor range(std::int64_t first, std::int64_t last) const;

 private:
  /// `placed`: the same indices on the device.
  torch::Tensor samples(const torch::Tensor& indices, const torch::Tensor& placed) const;

  torch::Tensor samples_;  // Floats: on the device, normalised. Bytes: on the CPU, maybe in a mapped file.
  torch::Tensor labels_;   // On the device, as are the parameters; undefined where there are none.
  torch::Tensor parameters_;
  Normalisation normalisation_;
  torch::Device device_;
  bool bytes_;
};

/// How many samples of this shape to encode, decode or extract features of at a time: 500, and fewer of large
/// images, so that a network's maps of them stay within some hundred megabytes.
std::int64_t evaluation_batch(at::IntArrayRef sample_shape);

/// Every sample once, `batch_size` at a time, in order: what Model::finalise() is given.
NextBatch in_order(const SampleSource& source, std::int64_t batch_size);

/// Indices of random batches: each epoch is a new permutation, its last partial batch dropped. With fewer
/// samples than `batch_size` every batch holds all of them. Its state can be saved and restored.
class BatchOrder {
 public:
  BatchOrder(std::int64_t sample_count, std::int64_t batch_size, std::uint64_t seed);

  torch::Tensor next();
  std::int64_t batch_size() const { return batch_size_; }
  std::int64_t batches_per_epoch() const { return sample_count_ / batch_size_; }

  void save(torch::serialize::OutputArchive& archive) const;
  void load(torch::serialize::InputArchive& archive);

 private:
  std::int64_t sample_count_;
  std::int64_t batch_size_;
  torch::Generator generator_;
  torch::Tensor permutation_;
  std::int64_t position_;
};

}  // namespace rraebench
