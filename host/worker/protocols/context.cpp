#include "host/worker/protocols/context.hpp"

#include "host/common/stop_request.hpp"
#include "host/worker/picture.hpp"
#include "metrics/catalog.hpp"
#include "metrics/entropy.hpp"
#include "metrics/frechet.hpp"

#include <algorithm>

namespace rraebench {
namespace {

constexpr std::int64_t kEvaluationBatch = 500;
constexpr std::int64_t kImageColumns = 10;
constexpr std::int64_t kCurveColumns = 5;

ImageRecord record_of(Picture picture) {
  ImageRecord record;
  record.width = picture.width;
  record.height = picture.height;
  record.png = std::move(picture.png);
  return record;
}

/// Features and class entropies of samples that come batch by batch.
class FeatureStream {
 public:
  explicit FeatureStream(const FeatureExtractor& extractor) : extractor_(extractor) {}

  void add(const torch::Tensor& values) {
    moments_.add(extractor_.features(values));
    if (const auto probabilities = extractor_.class_probabilities(values)) {
      entropy_sum_ += mean_entropy(*probabilities) * static_cast<double>(values.size(0));
      entropy_count_ += values.size(0);
    }
  }

  ReferenceFeatures result() const {
    ReferenceFeatures features{moments_, std::nullopt};
    if (entropy_count_ > 0) features.entropy = entropy_sum_ / static_cast<double>(entropy_count_);
    return features;
  }

 private:
  const FeatureExtractor& extractor_;
  Moments moments_;
  double entropy_sum_ = 0.0;
  std::int64_t entropy_count_ = 0;
};

}  // namespace

torch::Tensor encode_all(const CheckedModel& model, const SampleSource& source) {
  std::vector<torch::Tensor> parts;
  for (std::int64_t first = 0; first < source.size(); first += kEvaluationBatch) {
    throw_if_stop_requested();
    parts.push_back(
        model.encode(source.range(first, std::min(first + kEvaluationBatch, source.size()))).cpu());
  }
  return torch::cat(parts);
}

void decode_each(const ProtocolContext& context, const torch::Tensor& coefficients,
                 const std::function<void(std::int64_t, const torch::Tensor&)>& visit) {
  const auto count = coefficients.size(0);
  for (std::int64_t first = 0; first < count; first += kEvaluationBatch) {
    throw_if_stop_requested();
    const auto batch =
        coefficients.slice(0, first, std::min(first + kEvaluationBatch, count)).to(context.device);
    auto values = denormalise(context.model.decode(batch).cpu(), context.dataset.normalisation);
    if (context.dataset.is_image() && context.dataset.train.samples.scalar_type() == torch::kUInt8)
      values = values.clamp(0.0, 1.0);
    visit(first, values);
    context.progress(std::min(first + kEvaluationBatch, count), count);
  }
}

torch::Tensor decode_all(const ProtocolContext& context, const torch::Tensor& coefficients) {
  std::vector<torch::Tensor> parts;
  decode_each(context, coefficients,
              [&](std::int64_t, const torch::Tensor& values) { parts.push_back(values); });
  return torch::cat(parts);
}

MetricRecord new_metric(const std::string& protocol, const std::string& name, double value) {
  const auto& description = metric_description(name);
  MetricRecord metric;
  metric.protocol = protocol;
  metric.name = name;
  metric.value = value;
  metric.unit = description.unit;
  metric.better = description.better;
  return metric;
}

torch::Tensor measure_decoded(const ProtocolContext& context, const std::string& protocol,
                              const std::string& variant, const torch::Tensor& coefficients,
                              std::int64_t pictured) {
  std::optional<FeatureStream> stream;
  if (context.extractor != nullptr) stream.emplace(*context.extractor->extractor);
  std::vector<torch::Tensor> kept;
  decode_each(context, coefficients, [&](std::int64_t first, const torch::Tensor& values) {
    if (stream) stream->add(values);
    if (first < pictured) kept.push_back(values.slice(0, 0, pictured - first));
  });
  if (stream) {
    const auto measured = stream->result();
    const auto emit = [&](const std::string& name, double value) {
      auto metric = new_metric(protocol, name, value);
      metric.variant = variant;
      metric.split = context.spec.reference_split;
      metric.extractor = context.extractor->name;
      metric.extractor_sha256 = context.extractor->sha256;
      metric.reference_count = context.reference->moments.count;
      metric.sample_count = measured.moments.count;
      context.emit(event_of(metric));
    };
    emit("fid", frechet_distance(context.reference->moments, measured.moments));
    if (measured.entropy) {
      emit("entropy", *measured.entropy);
      emit("real_entropy", *context.reference->entropy);
    }
  }
  return kept.empty() ? torch::Tensor() : torch::cat(kept);
}

ReferenceFeatures measure_reference(const NamedExtractor& extractor, const Split& split) {
  FeatureStream stream(*extractor.extractor);
  for (std::int64_t first = 0; first < split.size(); first += kEvaluationBatch)
    stream.add(to_values(split.samples.slice(0, first, std::min(first + kEvaluationBatch, split.size()))));
  return stream.result();
}

ImageRecord picture_samples(const ProtocolContext& context, const torch::Tensor& values,
                            std::int64_t columns) {
  if (!context.dataset.is_image()) return record_of(draw_curves({values}, columns));
  const double low = context.dataset.value_minimum;
  return record_of(
      tile_images((values - low) / std::max(context.dataset.value_maximum - low, 1e-12), columns));
}

ImageRecord picture_beside(const ProtocolContext& context, const torch::Tensor& originals,
                           const torch::Tensor& estimates) {
  if (!context.dataset.is_image()) return record_of(draw_curves({originals, estimates}, kCurveColumns));
  std::vector<torch::Tensor> rows;
  for (std::int64_t first = 0; first < originals.size(0); first += kImageColumns) {
    const auto last = std::min(first + kImageColumns, originals.size(0));
    rows.push_back(originals.slice(0, first, last));
    rows.push_back(estimates.slice(0, first, last));
  }
  return picture_samples(context, torch::cat(rows), std::min(kImageColumns, originals.size(0)));
}

}  // namespace rraebench
