#include "host/common/artefact_kinds.hpp"
#include "host/worker/protocols/protocols.hpp"

namespace rraebench {
void reconstruct(const ProtocolContext& context) {
  emit_relative_error(context, "reconstruct", "", context.dataset.train, "train", context.train_coefficients);
  const auto& test_coefficients = context.test_encodings.coefficients;
  auto kept =
      context.artefacts.begin(kReconstructions, "", "test", context.dataset.test.samples.sizes().vec());
  emit_relative_error(context, "reconstruct", "", context.dataset.test, "test", test_coefficients,
                      kept.get());
  context.artefacts.finish(std::move(kept));
  emit_beside(context, "reconstruct", "", "reconstructions", test_coefficients);
}

}  // namespace rraebench
