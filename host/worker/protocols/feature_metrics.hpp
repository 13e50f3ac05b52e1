#pragma once
// Implements: the metrics of decoded samples' features, all from one computation of them.

#include "host/worker/measuring/feature_set.hpp"
#include "host/worker/protocols/context.hpp"
#include "host/worker/protocols/feature_figures.hpp"

namespace rraebench {

/// What the suite's FeaturePlan names of these samples against the reference: FID and its kin, KID,
/// precision and its kin, entropies and the inception score where the extractor has classes, bootstrap
/// intervals. What cannot be measured, or means nothing (real samples all alike, too few samples), is left
/// out and said in the warnings; so is what to beware of (fewer samples than features, exact copies).
FeatureFigures measure_features(const FeatureContext& context, const std::string& protocol,
                                const std::string& variant, const FeatureSet& measured);

/// No figure, and the warning that there is none because of `fault`.
FeatureFigures unmeasured_features(const FeatureContext& context, const std::string& protocol,
                                   const std::string& variant, const std::string& fault);

/// path_length and path_detour of P x (S + 1) x d features of points on paths.
FeatureFigures measure_paths(const FeatureContext& context, const std::string& variant,
                             const torch::Tensor& features);

void emit_figures(const std::function<void(const nlohmann::json& event)>& emit,
                  const FeatureFigures& figures);

/// Whether `plan` needs single samples' features of the decoded side.
bool keeps_features(const FeaturePlan& plan);

}  // namespace rraebench
