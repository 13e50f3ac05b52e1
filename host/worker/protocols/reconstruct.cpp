#include "host/common/artefact_kinds.hpp"
#include "host/worker/protocols/protocols.hpp"

namespace rraebench {
namespace {

constexpr std::int64_t kPictured = 20;

void picture_split(const ProtocolContext& context, const torch::Tensor& coefficients) {
  const auto count = std::min(kPictured, context.dataset.test.size());
  auto record = picture_beside(context, to_values(context.dataset.test.samples.slice(0, 0, count)),
                               decode_all(context, coefficients.slice(0, 0, count)));
  record.protocol = "reconstruct";
  record.name = "originals_and_reconstructions";
  record.caption = context.dataset.is_image()
                       ? "test samples, their reconstructions and how far off these are, row by row"
                       : "test samples (grey) and their reconstructions (blue)";
  context.emit(event_of(record));
}

}  // namespace

void reconstruct(const ProtocolContext& context) {
  emit_relative_error(context, "reconstruct", "", context.dataset.train, "train", context.train_coefficients);
  const auto& test_coefficients = context.test_encodings.coefficients;
  auto kept =
      context.artefacts.begin(kReconstructions, "", "test", context.dataset.test.samples.sizes().vec());
  emit_relative_error(context, "reconstruct", "", context.dataset.test, "test", test_coefficients,
                      kept.get());
  context.artefacts.finish(std::move(kept));
  picture_split(context, test_coefficients);
}

}  // namespace rraebench
