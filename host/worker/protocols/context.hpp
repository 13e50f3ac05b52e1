#pragma once
// Implements: what every protocol is given, and the measures that several of them share.

#include "datasets/dataset.hpp"
#include "host/common/cell.hpp"
#include "host/common/events.hpp"
#include "host/worker/batches.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/measuring/artefacts.hpp"
#include "host/worker/measuring/encodings.hpp"
#include "host/worker/measuring/extractors.hpp"
#include "host/worker/measuring/reference_features.hpp"

#include <torch/types.h>

#include <functional>
#include <optional>
#include <string>

namespace rraebench {

/// What samples' features are measured with.
struct FeatureContext {
  const RunSpec& spec;
  const NamedExtractor& extractor;
  const ReferenceFeatures& reference;
};

struct ProtocolContext {
  const RunSpec& spec;
  const Dataset& dataset;
  const CheckedModel& model;  // Finalised, in evaluation mode.
  torch::Device device;
  const SampleSource& train_samples;
  const torch::Tensor& train_coefficients;  // N x k, CPU.
  const Encodings& test_encodings;
  const NamedExtractor* extractor;                    // Null where the suite asks for none.
  const std::optional<ReferenceFeatures>& reference;  // Present with an extractor.
  const std::function<void(const nlohmann::json& event)>& emit;
  const std::function<void(std::int64_t step, std::int64_t steps)>& progress;
  const Artefacts& artefacts;  // Takes what the run is to leave.

  /// With an extractor alone.
  FeatureContext features() const { return {spec, *extractor, *reference}; }
};

/// Decodes batch by batch: `visit(first row, values)`, values un-normalised on the CPU, as the model gave
/// them.
void decode_each(const ProtocolContext& context, const torch::Tensor& coefficients,
                 const std::function<void(std::int64_t first, const torch::Tensor& values)>& visit);

/// As an image can be: where the data are images of bytes, `values` clamped to [0, 1]. What is pictured and
/// what features are taken of; errors are measured before.
torch::Tensor as_displayed(const Dataset& dataset, const torch::Tensor& values);

/// Decoded and as displayed.
torch::Tensor decode_all(const ProtocolContext& context, const torch::Tensor& coefficients);

/// 100 ||X - Y||_F / ||X||_F of `split` and what is decoded from `coefficients`, as a metric of `protocol`
/// and `variant`. Left out, with a note, where X is 0. Y goes into `kept`, too, unless it is null.
void emit_relative_error(const ProtocolContext& context, const std::string& protocol,
                         const std::string& variant, const Split& split, const std::string& split_name,
                         const torch::Tensor& coefficients, ArrayFile* kept = nullptr);

/// A metric with unit and direction from the metric catalog, ready to be adjusted and emitted.
MetricRecord new_metric(const std::string& protocol, const std::string& name, double value);

/// A sentence on this run's figures, for the record and the reports. `place`: the protocol, and the variant.
void emit_note(const ProtocolContext& context, const std::string& place, const std::string& text);

/// What replaces a value that is infinite or not a number: not a number, stored as no value, and the note
/// that says so, with `cause` where it is known.
void emit_metric(const ProtocolContext& context, MetricRecord metric, const std::string& cause = "");

/// How many samples of a set a picture shows.
std::int64_t pictured_samples(const Dataset& dataset);

/// The first of a set, as many as pictured_samples() says, in rows that fit a page.
ImageRecord picture_some(const Dataset& dataset, const torch::Tensor& values);

/// A picture of samples, whichever their kind: tiles of images or panels of curves.
ImageRecord picture_samples(const Dataset& dataset, const torch::Tensor& values, std::int64_t columns);

/// The first samples of the test set beside what a model decodes from `coefficients`. Of images two pictures:
/// a row of originals, the same for every model, and below it, place by place, `name`: a row of estimates and
/// one of how far off they are. Curves are one picture, with the original below the estimate.
void emit_beside(const ProtocolContext& context, const std::string& protocol, const std::string& variant,
                 const std::string& name, const torch::Tensor& coefficients);

}  // namespace rraebench
