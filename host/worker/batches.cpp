#include "host/worker/batches.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

namespace rraebench {

SampleSource::SampleSource(const Split& split, const Normalisation& normalisation, torch::Device device)
    : normalisation_(normalisation), device_(device), bytes_(split.samples.scalar_type() == torch::kUInt8) {
  samples_ = bytes_ ? split.samples : normalise(to_values(split.samples), normalisation).to(device);
  if (split.labels.defined()) labels_ = split.labels.to(device);
  if (split.parameters.defined()) parameters_ = split.parameters.to(device, torch::kFloat32);
}

torch::Tensor SampleSource::samples(const torch::Tensor& indices, const torch::Tensor& placed) const {
  if (bytes_ && device_.is_cpu()) return gather_normalised(samples_, indices, normalisation_);
  // Bytes are a quarter of what floats would be to carry over.
  if (bytes_) return normalise(to_values(samples_.index_select(0, indices).to(device_)), normalisation_);
  return samples_.index_select(0, placed);
}

Batch SampleSource::batch(const torch::Tensor& indices) const {
  Batch batch;
  batch.indices = indices.to(device_);
  batch.samples = samples(indices, batch.indices);
  if (labels_.defined()) batch.labels = labels_.index_select(0, batch.indices);
  if (parameters_.defined()) batch.parameters = parameters_.index_select(0, batch.indices);
  return batch;
}

torch::Tensor SampleSource::range(std::int64_t first, std::int64_t last) const {
  if (!bytes_) return samples_.slice(0, first, last);
  const auto indices = torch::arange(first, last);
  return samples(indices, indices.to(device_));
}

std::int64_t evaluation_batch(at::IntArrayRef sample_shape) {
  constexpr std::int64_t kMostSamples = 500;
  constexpr std::int64_t kMostValues = kMostSamples * 64 * 64;
  const auto values = std::max<std::int64_t>(c10::multiply_integers(sample_shape), 1);
  return std::clamp<std::int64_t>(kMostValues / values, 1, kMostSamples);
}

NextBatch in_order(const SampleSource& source, std::int64_t batch_size) {
  return [&source, batch_size, next = std::int64_t{0}]() mutable -> std::optional<Batch> {
    if (next >= source.size()) return std::nullopt;
    const auto first = next;
    next = std::min(first + batch_size, source.size());
    return source.batch(torch::arange(first, next));
  };
}

BatchOrder::BatchOrder(std::int64_t sample_count, std::int64_t batch_size, std::uint64_t seed)
    : sample_count_(sample_count),
      batch_size_(std::min(batch_size, sample_count)),
      generator_(at::detail::createCPUGenerator(seed)),
      position_(sample_count) {}

torch::Tensor BatchOrder::next() {
  if (position_ + batch_size_ > sample_count_) {
    permutation_ = torch::randperm(sample_count_, generator_, torch::kInt64);
    position_ = 0;
  }
  const auto first = position_;
  position_ += batch_size_;
  return permutation_.slice(0, first, position_);
}

void BatchOrder::save(torch::serialize::OutputArchive& archive) const {
  archive.write("generator", generator_.get_state(), /*is_buffer=*/true);
  archive.write("position", torch::tensor(position_), /*is_buffer=*/true);
  archive.write("permutation", permutation_.defined() ? permutation_ : torch::empty({0}, torch::kInt64),
                /*is_buffer=*/true);
}

void BatchOrder::load(torch::serialize::InputArchive& archive) {
  torch::Tensor state;
  torch::Tensor position;
  archive.read("generator", state, /*is_buffer=*/true);
  archive.read("position", position, /*is_buffer=*/true);
  archive.read("permutation", permutation_, /*is_buffer=*/true);
  generator_.set_state(state);
  position_ = position.item<std::int64_t>();
}

}  // namespace rraebench
