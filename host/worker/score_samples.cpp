#include "host/worker/score_samples.hpp"

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/events.hpp"
#include "host/worker/batches.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/measuring/extractors.hpp"
#include "host/worker/measuring/feature_set.hpp"
#include "host/worker/protocols/feature_metrics.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/tensors.hpp"

#include <nlohmann/json.hpp>
#include <torch/utils.h>

#include <algorithm>
#include <optional>
#include <string>

namespace rraebench {
namespace {

using Emit = std::function<void(const nlohmann::json& event)>;

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

/// Real samples. Where there is but a file of statistics, what is known of them is the samples' shape.
Dataset load_real(const ScoreOrder& order, const DataFolders& folders) {
  const auto& spec = order.spec;
  if (!order.real.empty()) return load_samples(order.real, 3, folders);
  if (!spec.dataset.empty())
    return load_dataset(spec.dataset,
                        Options(dataset_description(spec.dataset).options, spec.dataset_options), folders);
  auto dataset = load_samples(order.generated.front(), 3, folders);
  dataset.fingerprint = spec.features.statistics_sha256;
  return dataset;
}

/// In messages the real samples are called as the user calls them.
std::string name_of_real(const ScoreOrder& order) {
  return order.real.empty() ? order.spec.comparison : order.real.string();
}

void require_displayable(const Dataset& real, const ScoreOrder& order) {
  for (const auto* split : {&real.train, &real.test})
    require_byte_range(order.spec.extractor, split->samples, name_of_real(order));
}

/// Of the values that samples stand for.
struct ValueRange {
  double least = 0.0;
  double greatest = 0.0;

  double width() const { return greatest - least; }
  std::string text() const { return c10::str("from ", least, " to ", greatest); }
};

ValueRange range_of(const torch::Tensor& samples) {
  const double unit = samples.scalar_type() == torch::kUInt8 ? 255.0 : 1.0;
  return {samples.min().item<double>() / unit, samples.max().item<double>() / unit};
}

constexpr double kRangeRounding = 1e-3;

bool leaves_unit_range(const ValueRange& range) {
  return range.least < -kRangeRounding || range.greatest > 1.0 + kRangeRounding;
}

/// Bytes stand for values from 0 to 1: beside floats of another range they are other images. A much smaller
/// range is a note of the set: it may be another scale, or a model that draws one image.
void compare_ranges(Dataset& generated, const ValueRange& real, const std::string& name,
                    const std::string& real_name) {
  const auto own = range_of(generated.train.samples);
  const auto ranges =
      "its values lie " + own.text() + ", those of the real samples (" + real_name + ") " + real.text();
  if (generated.is_image() && generated.train.samples.scalar_type() == torch::kUInt8 &&
      leaves_unit_range(real))
    throw UserError(name + ": its images are bytes, which stand for values from 0 to 1: " + ranges +
                    "; save both as bytes (uint8), or both as floats of one range");
  constexpr double kMuchSmaller = 0.1;
  if (std::min(own.width(), real.width()) < kMuchSmaller * std::max(own.width(), real.width()))
    generated.notes.push_back(name + ": " + ranges +
                              ": unless both are of one scale, no figure means anything");
}

/// As the real ones are, or refused.
void require_comparable(const Dataset& generated, const Dataset& real, const std::string& extractor,
                        const std::string& name) {
  if (generated.sample_shape != real.sample_shape)
    throw UserError(name + ": its samples are " + shape_text(generated.sample_shape) + ", the real ones " +
                    shape_text(real.sample_shape) + "; bring both to one shape");
  const bool bytes = real.is_image() && real.train.samples.scalar_type() == torch::kUInt8;
  if (bytes && leaves_unit_range({generated.value_minimum, generated.value_maximum}))
    throw UserError(name + ": its values lie from " + std::to_string(generated.value_minimum) + " to " +
                    std::to_string(generated.value_maximum) +
                    ", those of the real images from 0 to 1; scale them, or save bytes (uint8)");
  require_byte_range(extractor, generated.train.samples, name);
}

std::int64_t channels_of(const Dataset& dataset) {
  return dataset.is_image() && dataset.sample_shape[0] == 1 ? 1 : 3;
}

/// Files may come sorted by class, and of many samples only the first ones' features are kept: those in a
/// random order.
torch::Tensor order_of_measuring(std::int64_t count, std::int64_t seed) {
  const torch::TensorOptions integers(torch::kInt64);
  if (count <= kKeptFeatures) return torch::arange(count, integers);
  auto generator = seeded_generator(derive_seed(seed, "order of samples"));
  return torch::randperm(count, generator, integers);
}

FeatureSet measure_set(const NamedExtractor& extractor, const RunSpec& spec, const Dataset& real,
                       const torch::Tensor& samples, const std::function<void(std::int64_t)>& progress) {
  FeatureCollector collector(keeps_features(spec.features));
  const auto order = order_of_measuring(samples.size(0), spec.seed);
  const auto batch = evaluation_batch(real.sample_shape);
  for (std::int64_t first = 0; first < samples.size(0); first += batch) {
    const auto last = std::min(first + batch, samples.size(0));
    const auto values = gather_samples(samples, order.slice(0, first, last));
    collector.add(extractor.extractor->extract(as_displayed(real, values)));
    progress(last);
  }
  return collector.result();
}

ImageRecord picture_of(const Dataset& real, const torch::Tensor& samples) {
  auto record =
      picture_some(real, as_displayed(real, to_values(samples.slice(0, 0, pictured_samples(real)))));
  record.protocol = "generate";
  record.name = "samples";
  record.caption = "samples that were made elsewhere";
  return record;
}

}  // namespace

void score_samples(const ScoreOrder& order, const StageProgress& progress, const Emit& emit) {
  torch::set_num_threads(static_cast<int>(order.execution.threads));
  const torch::Device device(order.spec.device);
  const auto waiting = waiting_events(emit);
  const Notices notices{[&](const std::string& text) { emit(warning_event(text)); }, waiting};
  const DataFolders folders{
      order.execution.data_dir,
      order.execution.cache_dir,
      {[&](std::int64_t done, std::int64_t total) { progress("decode", done, total); }, waiting}};
  const auto real = load_real(order, folders);
  const bool has_samples = order.spec.features.statistics.empty();
  std::optional<ValueRange> real_range;
  if (has_samples)
    real_range = range_of((order.spec.reference_split == "train" ? real.train : real.test).samples);
  std::vector<Dataset> sets;
  std::string fingerprints;
  for (const auto& path : order.generated) {
    sets.push_back(load_samples(path, channels_of(real), folders));
    require_comparable(sets.back(), real, order.spec.extractor, path.string());
    if (real_range) compare_ranges(sets.back(), *real_range, path.string(), name_of_real(order));
    fingerprints += sets.back().fingerprint;
  }
  if (has_samples) require_displayable(real, order);
  auto spec = order.spec;
  if (spec.dataset.empty()) spec.dataset = spec.comparison;
  spec.dataset_fingerprint = real.fingerprint;
  spec.sample_counts = {
      {"train", real.train.size()}, {"validation", real.validation.size()}, {"test", real.test.size()}};
  spec.plugin_sha256 = sha256_hex(fingerprints);  // What is measured, where no plugin is.
  const auto extractor = make_extractor(
      spec.extractor, real, order.execution.cache_dir, device,
      [&](std::int64_t step, std::int64_t steps, double) { progress("extractor", step, steps); },
      spec.extractor_sha256, notices);
  const torch::NoGradGuard no_gradients;
  const auto reference = prepare_reference(
      spec, real, extractor, order.execution.cache_dir,
      [&](std::int64_t done, std::int64_t of) { progress("reference", done, of); }, notices);
  for (const auto& set : sets) {
    const auto& samples = set.train.samples;
    emit({{"event", "set"}, {"spec", to_json(spec)}});
    emit(event_of(describe_environment(device, order.execution.threads)));
    for (const auto& notes : {real.notes, set.notes})
      for (const auto& note : notes) emit(warning_event(note));
    const auto measured = measure_set(extractor, spec, real, samples, [&](std::int64_t done) {
      progress("features", done, samples.size(0));
    });
    emit_figures(emit, measure_features({spec, extractor, reference}, "generate", "", measured));
    emit(event_of(picture_of(real, samples)));
    ++spec.seed;
  }
  emit(finished_event());
}

ScoreOrder score_order_from_json(const nlohmann::json& document) {
  ScoreOrder order{
      run_spec_from_json(document.at("spec")), execution_from_json(document.at("execution")), {}, {}};
  for (const auto& path : document.at("generated")) order.generated.emplace_back(path.get<std::string>());
  order.real = document.at("real").get<std::string>();
  return order;
}

}  // namespace rraebench
