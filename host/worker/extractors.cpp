#include "host/worker/extractors.hpp"

#include "datasets/sha256.hpp"
#include "host/common/file_lock.hpp"
#include "metrics/extractors/classifier.hpp"
#include "metrics/extractors/pca.hpp"
#include "metrics/extractors/torchscript.hpp"

#include <torch/script.h>

#include <stdexcept>

namespace rraebench {
namespace {

// Part of the cached file's name: raise it when the classifier or its training changes.
constexpr const char* kClassifierVersion = "v1";
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

std::unique_ptr<FeatureExtractor> load_classifier(const std::filesystem::path& file,
                                                  const ClassifierShape& shape) {
  ClassifierNet net(shape);
  torch::load(net, file.string());
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
  std::filesystem::create_directories(cache_dir);
  const auto file = cache_dir / ("classifier-" + std::string(kClassifierVersion) + "-" + dataset.name + "-" +
                                 dataset.fingerprint.substr(0, 16) + ".pt");
  const FileLock lock(file.string() +
                      ".lock");  // Of several runs that need it, one trains and the others wait.
  if (!std::filesystem::exists(file)) {
    const auto net = train_classifier(dataset.train.samples, dataset.train.labels, training);
    const auto unfinished = file.string() + ".part";
    torch::save(net, unfinished);
    std::filesystem::rename(unfinished, file);
  }
  return {name, sha256_of_file(file), load_classifier(file, shape)};
}

NamedExtractor make_pca(const std::string& name, const Dataset& dataset) {
  const auto components = std::stoll(name.substr(4));
  // Enough samples for stable components; bounded, so that memory does not grow with the data.
  const auto values = to_values(dataset.train.samples.slice(0, 0, kPcaSamples));
  std::unique_ptr<PcaExtractor> extractor(new PcaExtractor(PcaExtractor::fit(values, components)));
  auto sha256 = sha256_of_tensors(extractor->state());
  return {name, std::move(sha256), std::move(extractor)};
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
  if (name.rfind("pca:", 0) == 0) return make_pca(name, dataset);
  if (name.rfind("torchscript:", 0) == 0) return make_torchscript(name, dataset, device);
  throw std::invalid_argument("no extractor '" + name + "'; known: classifier, pca:K, torchscript:FILE");
}

}  // namespace rraebench
