#include "host/worker/extractors.hpp"

#include "datasets/sha256.hpp"
#include "host/common/file_lock.hpp"
#include "metrics/extractors/classifier.hpp"
#include "metrics/extractors/pca.hpp"
#include "metrics/extractors/torchscript.hpp"

#include <torch/script.h>
#include <torch/serialize.h>

#include <stdexcept>

namespace rraebench {
namespace {

// Part of a kept file's name: raise it when what is kept or how it is made changes.
constexpr const char* kClassifierVersion = "v1";
constexpr const char* kPcaVersion = "v1";
constexpr std::uint64_t kClassifierSeed = 0;
constexpr std::int64_t kPcaSamples = 10000;

std::string sha256_of_tensors(const std::vector<torch::Tensor>& tensors) {
  Sha256 hash;
  for (const auto& tensor : tensors) {
    const auto bytes = tensor.detach().cpu().contiguous();
    hash.update(bytes.data_ptr(), bytes.nbytes());
  }
  return hash.hex();
}

/// The place for what is made from a data set once: its name ends in the samples' shape and fingerprint.
std::filesystem::path kept_file(const std::filesystem::path& cache_dir, const std::string& kind,
                                const Dataset& dataset) {
  auto name = kind + "-" + dataset.name + "-";
  for (const auto extent : dataset.sample_shape) name += std::to_string(extent) + "x";
  name.back() = '-';
  return cache_dir / (name + dataset.fingerprint.substr(0, 16) + ".pt");
}

/// Of several runs that need `file`, one makes it and the others wait. `make` saves it under the name that it
/// is given.
template <typename Make>
void make_once(const std::filesystem::path& file, const Make& make) {
  std::filesystem::create_directories(file.parent_path());
  const FileLock lock(file.string() + ".lock");
  if (std::filesystem::exists(file)) return;
  const auto unfinished = file.string() + ".part";
  make(unfinished);
  std::filesystem::rename(unfinished, file);
}

template <typename Load>
void load_kept(const std::filesystem::path& file, const Load& load) {
  try {
    load(file.string());
  } catch (const c10::Error& error) {
    throw std::runtime_error(file.string() + ": damaged; delete it and it is made anew");
  }
}

std::unique_ptr<ClassifierExtractor> load_classifier(const std::filesystem::path& file,
                                                     const ClassifierShape& shape) {
  ClassifierNet net(shape);
  load_kept(file, [&](const std::string& path) { torch::load(net, path); });
  return std::make_unique<ClassifierExtractor>(net);
}

NamedExtractor make_classifier(const std::string& name, const Dataset& dataset,
                               const std::filesystem::path& cache_dir,
                               const std::function<void(std::int64_t, std::int64_t, double)>& progress) {
  if (!dataset.is_image() || !dataset.train.labels.defined())
    throw std::invalid_argument("extractor 'classifier' needs images with labels, which '" + dataset.name +
                                "' has not; use 'pca:K'");
  ClassifierTraining training;
  training.seed = kClassifierSeed;
  training.classes = dataset.train.labels.max().item<std::int64_t>() + 1;
  training.progress = progress;
  const ClassifierShape shape{dataset.sample_shape[0], dataset.sample_shape[1], dataset.sample_shape[2],
                              training.classes};
  const auto file = kept_file(cache_dir, std::string("classifier-") + kClassifierVersion, dataset);
  make_once(file, [&](const std::string& unfinished) {
    torch::save(train_classifier(dataset.train.samples, dataset.train.labels, training), unfinished);
  });
  // Of the weights, not of the file: LibTorch writes the file's name into it.
  auto extractor = load_classifier(file, shape);
  const auto sha256 = sha256_of_tensors(extractor->state());
  return {name, sha256, std::move(extractor)};
}

NamedExtractor make_pca(const std::string& name, const Dataset& dataset,
                        const std::filesystem::path& cache_dir) {
  const auto components = std::stoll(name.substr(4));
  const auto file =
      kept_file(cache_dir, "pca-" + std::string(kPcaVersion) + "-" + std::to_string(components), dataset);
  make_once(file, [&](const std::string& unfinished) {
    // Enough samples for stable components; bounded, so that memory does not grow with the data.
    const auto values = to_values(dataset.train.samples.slice(0, 0, kPcaSamples));
    torch::save(PcaExtractor::fit(values, components).state(), unfinished);
  });
  std::vector<torch::Tensor> state;
  load_kept(file, [&](const std::string& path) { torch::load(state, path); });
  return {name, sha256_of_tensors(state), std::make_unique<PcaExtractor>(state.at(0), state.at(1))};
}

NamedExtractor make_torchscript(const std::string& name, const Dataset& dataset, torch::Device device) {
  const std::string file = name.substr(std::string("torchscript:").size());
  if (!dataset.is_image())
    throw std::invalid_argument("extractor '" + name + "' needs images, '" + dataset.name + "' has none");
  torch::jit::Module module;
  try {
    module = torch::jit::load(file, device);
  } catch (const c10::Error& error) {
    throw std::invalid_argument(file + ": not a TorchScript module: " + error.what_without_backtrace());
  }
  return {name, sha256_of_file(file),
          std::make_unique<TorchScriptExtractor>(std::move(module), dataset.sample_shape, device)};
}

}  // namespace

NamedExtractor make_extractor(const std::string& name, const Dataset& dataset,
                              const std::filesystem::path& cache_dir, torch::Device device,
                              const std::function<void(std::int64_t, std::int64_t, double)>& progress) {
  if (name == "classifier") return make_classifier(name, dataset, cache_dir, progress);
  if (name.rfind("pca:", 0) == 0) return make_pca(name, dataset, cache_dir);
  if (name.rfind("torchscript:", 0) == 0) return make_torchscript(name, dataset, device);
  throw std::invalid_argument("no extractor '" + name + "'; known: classifier, pca:K, torchscript:FILE");
}

}  // namespace rraebench
