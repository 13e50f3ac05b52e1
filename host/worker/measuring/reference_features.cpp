#include "host/worker/measuring/reference_features.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/feature_statistics.hpp"
#include "host/worker/batches.hpp"
#include "host/worker/measuring/feature_set.hpp"
#include "host/worker/planned_file.hpp"
#include "metrics/entropy.hpp"
#include "metrics/one_thread.hpp"
#include "metrics/tensors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

// Part of the kept file's hash: raise it when what is kept changes.
constexpr int kReferenceVersion = 2;
constexpr std::uint64_t kOrderSeed = 0;

NpzArray to_array(const torch::Tensor& tensor, bool single) {
  const auto values = tensor.to(torch::kFloat64).contiguous();
  return {
      tensor.sizes().vec(), {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()}, single};
}

torch::Tensor to_tensor(const NpzArray& array) {
  return torch::tensor(array.values, torch::kFloat64).view(array.shape);
}

FeatureStatistics measure_split(const Split& split, const FeatureExtractor& extractor, bool keep_features,
                                const std::function<void(std::int64_t, std::int64_t)>& progress) {
  FeatureCollector collector(keep_features);
  // Files may come sorted by class, and the first samples' features are kept: a fixed random order.
  auto generator = seeded_generator(kOrderSeed);
  const auto order = torch::randperm(split.size(), generator, torch::TensorOptions(torch::kInt64));
  const auto batch = evaluation_batch(split.samples.sizes().slice(1));
  for (std::int64_t first = 0; first < split.size(); first += batch) {
    const auto indices = order.slice(0, first, std::min(first + batch, split.size()));
    const auto rows = extractor.extract(gather_samples(split.samples, indices));
    const OneThread one_thread;  // So that what is kept is the same whichever run makes it.
    collector.add(rows);
    progress(first, split.size());
  }
  const OneThread one_thread;
  const auto set = collector.result();
  FeatureStatistics statistics;
  statistics.mu = to_array(set.moments.mean, false);
  statistics.sigma = to_array(set.moments.covariance(), false);
  statistics.count = set.moments.count;
  if (set.features.defined()) statistics.features = to_array(set.features, true);
  if (set.probabilities.defined()) statistics.entropy = mean_entropy(set.probabilities);
  return statistics;
}

/// Whether any feature's deviation is above single precision's rounding of its mean.
bool features_vary(const FeatureStatistics& statistics) {
  constexpr double kRounding = 1e-6;
  const auto size = statistics.mu.values.size();
  for (std::size_t d = 0; d < size; ++d)
    if (std::sqrt(statistics.sigma.values[d * size + d]) > kRounding * std::abs(statistics.mu.values[d]))
      return true;
  return false;
}

ReferenceFeatures from_statistics(const FeatureStatistics& statistics) {
  const auto size = static_cast<std::int64_t>(statistics.mu.values.size());
  // Of unknown count, a covariance is taken to be of full rank.
  const auto count = statistics.count > 0 ? statistics.count : size + 1;
  ReferenceFeatures reference{
      FrechetReference(
          {count, to_tensor(statistics.mu), to_tensor(statistics.sigma) * static_cast<double>(count - 1)}),
      statistics.count,
      {},
      statistics.entropy,
      features_vary(statistics),
      ""};
  if (!statistics.features.values.empty())
    reference.features = to_tensor(statistics.features).to(torch::kFloat32);
  return reference;
}

ReferenceFeatures import_reference(const FeaturePlan& plan, const Dataset& dataset,
                                   const NamedExtractor& extractor) {
  const auto bytes = read_planned_file(plan.statistics, plan.statistics_sha256);
  auto reference = from_statistics(feature_statistics_of(parse_npz(bytes, plan.statistics), plan.statistics));
  const auto sample = gather_samples(dataset.test.samples, torch::zeros({1}, torch::kInt64));
  const auto size = extractor.extractor->features(sample).size(1);
  if (reference.frechet.moments().mean.size(0) != size)
    throw UserError(plan.statistics + ": has " + std::to_string(reference.frechet.moments().mean.size(0)) +
                    " features, extractor '" + extractor.name + "' gives " + std::to_string(size));
  reference.source =
      std::filesystem::path(plan.statistics).filename().string() + "@" + plan.statistics_sha256.substr(0, 8);
  return reference;
}

}  // namespace

std::filesystem::path reference_file(const RunSpec& spec, const NamedExtractor& extractor,
                                     const std::filesystem::path& cache_dir) {
  const nlohmann::json identity = {
      kReferenceVersion,        spec.dataset,         spec.dataset_options,
      spec.dataset_fingerprint, spec.reference_split, extractor.name,
      extractor.sha256,         spec.device,          needs_real_features(spec.features)};
  return cache_dir / ("features-" + spec.dataset + "-" + spec.reference_split + "-" +
                      sha256_hex(identity.dump()).substr(0, 16) + ".npz");
}

ReferenceFeatures prepare_reference(const RunSpec& spec, const Dataset& dataset,
                                    const NamedExtractor& extractor, const std::filesystem::path& cache_dir,
                                    const std::function<void(std::int64_t done, std::int64_t of)>& progress,
                                    const Notices& notices) {
  if (!spec.features.statistics.empty()) return import_reference(spec.features, dataset, extractor);
  const auto file = reference_file(spec, extractor, cache_dir);
  std::optional<FeatureStatistics> statistics;
  load_or_make(
      file,
      [&](const std::string& bytes) {
        statistics = feature_statistics_of(parse_npz(bytes, file.string()), file.string());
      },
      [&] {
        return npz_bytes(
            arrays_of(measure_split(spec.reference_split == "train" ? dataset.train : dataset.test,
                                    *extractor.extractor, needs_real_features(spec.features), progress)));
      },
      notices);
  return from_statistics(*statistics);
}

}  // namespace rraebench
