#include "host/worker/protocols/context.hpp"

#include "host/common/stop_request.hpp"
#include "host/worker/picture.hpp"
#include "metrics/catalog.hpp"

#include <algorithm>

namespace rraebench {
namespace {

constexpr std::int64_t kImageColumns = 10;
constexpr std::int64_t kCurveColumns = 5;

ImageRecord record_of(Picture picture) {
  ImageRecord record;
  record.width = picture.width;
  record.height = picture.height;
  record.png = std::move(picture.png);
  return record;
}

}  // namespace

void decode_each(const ProtocolContext& context, const torch::Tensor& coefficients,
                 const std::function<void(std::int64_t, const torch::Tensor&)>& visit) {
  const auto count = coefficients.size(0);
  const auto batch = evaluation_batch(context.dataset.sample_shape);
  for (std::int64_t first = 0; first < count; first += batch) {
    throw_if_stop_requested();
    const auto last = std::min(first + batch, count);
    const auto rows = coefficients.slice(0, first, last).to(context.device);
    auto values = denormalise(context.model.decode(rows).cpu(), context.dataset.normalisation);
    if (context.dataset.is_image() && context.dataset.train.samples.scalar_type() == torch::kUInt8)
      values = values.clamp(0.0, 1.0);
    visit(first, values);
    context.progress(last, count);
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
