#include "host/worker/protocols/protocols.hpp"
#include "metrics/relative_error.hpp"

namespace rraebench {
namespace {

constexpr std::int64_t kPictured = 20;

void measure_split(const ProtocolContext& context, const Split& split, const torch::Tensor& coefficients,
                   const std::string& name) {
  RelativeError error;
  decode_each(context, coefficients, [&](std::int64_t first, const torch::Tensor& values) {
    error.add(to_values(split.samples.slice(0, first, first + values.size(0))), values);
  });
  auto metric = new_metric("reconstruct", "relative_error", error.percent());
  metric.split = name;
  metric.sample_count = split.size();
  context.emit(event_of(metric));
}

void picture_split(const ProtocolContext& context, const torch::Tensor& coefficients) {
  const auto count = std::min(kPictured, context.dataset.test.size());
  auto record = picture_beside(context, to_values(context.dataset.test.samples.slice(0, 0, count)),
                               decode_all(context, coefficients.slice(0, 0, count)));
  record.protocol = "reconstruct";
  record.name = "originals_and_reconstructions";
  record.caption = context.dataset.is_image() ? "test samples, each row above its reconstructions"
                                              : "test samples (grey) and their reconstructions (blue)";
  context.emit(event_of(record));
}

}  // namespace

void reconstruct(const ProtocolContext& context) {
  measure_split(context, context.dataset.train, context.train_coefficients, "train");
  const auto& test_coefficients = context.test_encodings.coefficients;
  measure_split(context, context.dataset.test, test_coefficients, "test");
  picture_split(context, test_coefficients);
}

}  // namespace rraebench
