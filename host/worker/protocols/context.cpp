#include "host/worker/protocols/context.hpp"

#include "host/common/stop_request.hpp"
#include "host/worker/measuring/picture.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "metrics/catalog.hpp"
#include "metrics/relative_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rraebench {
namespace {

constexpr std::int64_t kCurveColumns = 5;

ImageRecord record_of(Picture picture, const char* format) {
  ImageRecord record;
  record.width = picture.width;
  record.height = picture.height;
  record.content = std::move(picture.content);
  record.format = format;
  return record;
}

/// Images as many as fit a page side by side.
std::int64_t beside_count(const Dataset& dataset) {
  constexpr std::int64_t kPageWidth = 640;
  if (!dataset.is_image()) return pictured_samples(dataset);
  return std::clamp<std::int64_t>(kPageWidth / (dataset.sample_shape.back() + 2), 8, 20);
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
    visit(first, denormalise(context.model.decode(rows).cpu(), context.dataset.normalisation));
    context.progress(last, count);
  }
}

torch::Tensor as_displayed(const Dataset& dataset, const torch::Tensor& values) {
  const bool bytes = dataset.is_image() && dataset.train.samples.scalar_type() == torch::kUInt8;
  return bytes ? values.clamp(0.0, 1.0) : values;
}

torch::Tensor decode_all(const ProtocolContext& context, const torch::Tensor& coefficients) {
  std::vector<torch::Tensor> parts;
  decode_each(context, coefficients, [&](std::int64_t, const torch::Tensor& values) {
    parts.push_back(as_displayed(context.dataset, values));
  });
  return torch::cat(parts);
}

void emit_relative_error(const ProtocolContext& context, const std::string& protocol,
                         const std::string& variant, const Split& split, const std::string& split_name,
                         const torch::Tensor& coefficients, ArrayFile* kept) {
  RelativeError error;
  std::optional<std::string> fault;
  decode_each(context, coefficients, [&](std::int64_t first, const torch::Tensor& values) {
    if (kept != nullptr) kept->append(values);
    if (fault) return;
    const auto samples = to_values(split.samples.slice(0, first, first + values.size(0)));
    fault = fault_of([&] { error.add(samples, values); });
  });
  const auto place = protocol + (variant.empty() ? "" : " " + variant) + " " + split_name;
  if (fault) return emit_note(context, place, "relative_error is not measured: " + *fault);
  if (error.reference_is_zero())
    return emit_note(context, place, "relative_error is not measured: every value of the samples is 0");
  auto metric = new_metric(protocol, "relative_error", error.percent());
  metric.variant = variant;
  metric.split = split_name;
  metric.sample_count = split.size();
  emit_metric(context, metric);
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

void emit_note(const ProtocolContext& context, const std::string& place, const std::string& text) {
  context.emit(warning_event(context.spec.comparison + ", " + place + ": " + text));
}

void emit_metric(const ProtocolContext& context, MetricRecord metric, const std::string& cause) {
  if (!std::isfinite(metric.value)) {
    metric.value = std::numeric_limits<double>::quiet_NaN();
    emit_note(context, metric.protocol + (metric.variant.empty() ? "" : " " + metric.variant),
              metric.name + " is not finite" + (cause.empty() ? "" : " (" + cause + ")"));
  }
  context.emit(event_of(metric));
}

std::int64_t pictured_samples(const Dataset& dataset) {
  constexpr std::int64_t kImages = 64;
  constexpr std::int64_t kCurves = 20;
  return dataset.is_image() ? kImages : kCurves;
}

ImageRecord picture_some(const Dataset& dataset, const torch::Tensor& values) {
  constexpr std::int64_t kColumnsOfImages = 16;
  return picture_samples(dataset, values, dataset.is_image() ? kColumnsOfImages : kCurveColumns);
}

ImageRecord picture_samples(const Dataset& dataset, const torch::Tensor& values, std::int64_t columns) {
  if (!dataset.is_image()) return record_of(panels_of_curves({values}, columns), kCurvesPicture);
  const double low = dataset.value_minimum;
  return record_of(tile_images((values - low) / std::max(dataset.value_maximum - low, 1e-12), columns),
                   kPngPicture);
}

void emit_beside(const ProtocolContext& context, const std::string& protocol, const std::string& variant,
                 const std::string& name, const torch::Tensor& coefficients) {
  const auto& dataset = context.dataset;
  const auto count = std::min(beside_count(dataset), dataset.test.size());
  const auto originals = to_values(dataset.test.samples.slice(0, 0, count));
  const auto estimates = decode_all(context, coefficients.slice(0, 0, count));
  const auto emit = [&](ImageRecord record, const std::string& picture, const std::string& caption) {
    record.protocol = protocol;
    record.variant = variant;
    record.name = picture;
    record.caption = caption;
    context.emit(event_of(record));
  };
  if (!dataset.is_image()) {
    emit(record_of(panels_of_curves({originals, estimates}, kCurveColumns), kCurvesPicture), name,
         "test samples (grey) and their " + name + " (blue)");
    return;
  }
  emit(picture_samples(dataset, originals, count), kOriginals, "test samples");
  emit(picture_samples(dataset, torch::cat({estimates, (estimates - originals).abs()}), count), name,
       "their " + name + ", and how far off these are");
}

}  // namespace rraebench
