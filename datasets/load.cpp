#include "datasets/load.hpp"

#include "datasets/catalog.hpp"
#include "datasets/image_cache.hpp"
#include "datasets/image_folder.hpp"
#include "datasets/variation.hpp"

namespace rraebench {
namespace {

/// The tensor holds what the samples lie on; nothing writes through it (Split says so).
torch::Tensor samples_of(const RawSplit& split) {
  const auto type = split.type == ElementType::kByte    ? torch::kUInt8
                    : split.type == ElementType::kFloat ? torch::kFloat32
                                                        : torch::kFloat64;
  return torch::from_blob(
      const_cast<void*>(split.data.get()), split.shape, [owner = split.data](void*) {}, type);
}

Split tensors_of(const RawSplit& raw) {
  Split split;
  if (raw.size() == 0) return split;
  split.samples = samples_of(raw);
  if (!raw.labels.empty()) split.labels = torch::tensor(raw.labels, torch::kInt64);
  if (!raw.parameters.empty())
    split.parameters = torch::tensor(raw.parameters, torch::kFloat64).view({raw.size(), -1});
  return split;
}

/// The range of values to [0, 1] or [-1, 1]; values that are all alike are left as large as they are.
Normalisation range_normalisation(const Dataset& dataset, bool symmetric) {
  const double range = dataset.value_maximum - dataset.value_minimum;
  const double scale = range > 0.0 ? range : 1.0;
  if (!symmetric) return {dataset.value_minimum, scale};
  return {0.5 * (dataset.value_minimum + dataset.value_maximum), 0.5 * scale};
}

Normalisation normalisation_of(const Dataset& dataset, const std::string& kind) {
  Normalisation normalisation;
  if (kind == "standardise") normalisation = standardisation(dataset.train.samples);
  if (kind == "minmax" || kind == "symmetric")
    normalisation = range_normalisation(dataset, kind == "symmetric");
  normalisation.value_type =
      dataset.train.samples.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
  return normalisation;
}

Dataset dataset_of(const RawDataset& raw, const std::string& normalisation) {
  Dataset dataset;
  dataset.fingerprint = raw.fingerprint;
  for (const auto& note : raw.notes) dataset.notes.push_back(one_line(note));
  dataset.grid = raw.grid;
  dataset.sample_shape.assign(raw.train.shape.begin() + 1, raw.train.shape.end());
  dataset.train = tensors_of(raw.train);
  dataset.validation = tensors_of(raw.validation);
  dataset.test = tensors_of(raw.test);
  dataset.value_minimum =
      raw.value_range ? raw.value_range->first : to_values(dataset.train.samples).min().item<double>();
  dataset.value_maximum =
      raw.value_range ? raw.value_range->second : to_values(dataset.train.samples).max().item<double>();
  dataset.normalisation = normalisation_of(dataset, normalisation);
  return dataset;
}

RawDataset images_of_folder(const std::filesystem::path& folder, std::int64_t channels,
                            const DataFolders& folders) {
  auto listed = list_images(folder, folder.string());
  ImageList list;
  list.name = "samples";
  list.files = std::move(listed.files);
  list.form = form_of(list.files.front(), channels);
  list.required_size = {list.form.width, list.form.height};
  const auto images = cached_images(list, folders.cache_dir, folders.hooks);
  RawDataset raw;
  raw.train = raw.test = images.samples;
  raw.value_range = {0.0, 1.0};
  raw.fingerprint = images.fingerprint;
  raw.notes = std::move(listed.notes);
  return raw;
}

}  // namespace

Dataset load_dataset(const std::string& name, const Options& options, const DataFolders& folders) {
  const auto& source = data_source(name);
  auto dataset = dataset_of(source.load(options, folders), options.text("normalisation"));
  dataset.name = source.description.name;
  dataset.citation = source.description.citation;
  dataset.licence = source.description.licence;
  check_variation(dataset);
  return dataset;
}

Dataset load_samples(const std::filesystem::path& path, std::int64_t channels, const DataFolders& folders) {
  const auto raw = [&] {
    if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
      return images_of_folder(path, channels, folders);
    const auto file = std::filesystem::absolute(path).string();
    const auto& source = data_source("npy");
    return source.load(Options(source.description.options, {{"train", file}, {"test", file}}), folders);
  }();
  auto dataset = dataset_of(raw, "none");
  dataset.name = "samples";
  return dataset;
}

}  // namespace rraebench
