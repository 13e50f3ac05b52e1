#include "host/worker/measuring/extractors.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/feature_samples.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/torch_errors.hpp"
#include "metrics/extractors/classifier.hpp"
#include "metrics/extractors/pca.hpp"
#include "metrics/extractors/torchscript.hpp"
#include "metrics/tensors.hpp"

#include <torch/script.h>
#include <torch/serialize.h>

#include <sstream>
#include <stdexcept>
#include <tuple>

namespace rraebench {
namespace {

// Part of a kept file's name: raise it when what is kept or how it is made changes.
constexpr const char* kClassifierVersion = "v2";
constexpr const char* kPcaVersion = "v4";
constexpr std::uint64_t kClassifierSeed = 0;
constexpr std::uint64_t kPcaSeed = 0;

std::string sha256_of_tensors(const std::vector<torch::Tensor>& tensors) {
  Sha256 hash;
  for (const auto& tensor : tensors) {
    const auto bytes = tensor.detach().cpu().contiguous();
    hash.update(bytes.data_ptr(), bytes.nbytes());
  }
  return hash.hex();
}

/// The place for what is made from a data set once: its name ends in the samples' shape, the fingerprint and
/// how many of them are trained on, for samples that are held out have a part in the fingerprint, too.
std::filesystem::path kept_file(const std::filesystem::path& cache_dir, const std::string& kind,
                                const Dataset& dataset) {
  auto name = kind + "-" + dataset.name + "-";
  for (const auto extent : dataset.sample_shape) name += std::to_string(extent) + "x";
  name.back() = '-';
  return cache_dir /
         (name + dataset.fingerprint.substr(0, 16) + "-" + std::to_string(dataset.train.size()) + ".pt");
}

/// LibTorch's own writer of files ends the program where the disk is full.
template <typename Value>
std::string bytes_of(const Value& value) {
  std::ostringstream stream;
  torch::save(value, stream);
  return stream.str();
}

template <typename Value>
void from_bytes(Value& value, const std::string& bytes) {
  std::istringstream stream(bytes);
  torch::load(value, stream);
}

NamedExtractor make_classifier(const std::string& name, const Dataset& dataset,
                               const std::filesystem::path& cache_dir, const ExtractorProgress& progress,
                               const Notices& notices) {
  if (!dataset.is_image() || !dataset.train.labels.defined())
    throw std::invalid_argument("extractor 'classifier' needs images with labels, which '" + dataset.name +
                                "' has not; use 'pca:K'");
  ClassifierTraining training;
  training.seed = kClassifierSeed;
  training.classes = dataset.train.labels.max().item<std::int64_t>() + 1;
  training.progress = progress;
  const ClassifierShape shape{dataset.sample_shape[0], dataset.sample_shape[1], dataset.sample_shape[2],
                              training.classes};
  std::unique_ptr<ClassifierExtractor> extractor;
  load_or_make(
      kept_file(cache_dir, std::string("classifier-") + kClassifierVersion, dataset),
      [&](const std::string& bytes) {
        ClassifierNet net(shape);
        from_bytes(net, bytes);
        extractor = std::make_unique<ClassifierExtractor>(net);
      },
      [&] { return bytes_of(train_classifier(dataset.train.samples, dataset.train.labels, training)); },
      notices);
  // Of the weights, not of the file, whose bytes are LibTorch's affair.
  const auto sha256 = sha256_of_tensors(extractor->state());
  return {name, sha256, std::move(extractor)};
}

/// Enough samples for stable components; bounded, so that memory does not grow with the data. Of more, a
/// random choice, since files may come sorted.
torch::Tensor values_for_pca(const torch::Tensor& samples) {
  if (samples.size(0) <= kPcaSamples) return to_values(samples);
  auto generator = seeded_generator(kPcaSeed);
  const auto order = torch::randperm(samples.size(0), generator, torch::TensorOptions(torch::kInt64));
  return gather_samples(samples, std::get<0>(order.slice(0, 0, kPcaSamples).sort()));
}

NamedExtractor make_pca(const std::string& name, std::int64_t components, const Dataset& dataset,
                        const std::filesystem::path& cache_dir, const Notices& notices) {
  std::unique_ptr<PcaExtractor> extractor;
  load_or_make(
      kept_file(cache_dir, "pca-" + std::string(kPcaVersion) + "-" + std::to_string(components), dataset),
      [&](const std::string& bytes) {
        std::vector<torch::Tensor> state;
        from_bytes(state, bytes);
        extractor = std::make_unique<PcaExtractor>(state.at(0), state.at(1), state.at(2));
      },
      [&] {
        const auto fitted = PcaExtractor::fit(values_for_pca(dataset.train.samples), components);
        auto state = fitted.state();
        state.push_back(fitted.deviations());
        return bytes_of(state);
      },
      notices);
  // Of samples that are all alike the data set says so itself.
  if (const auto rank = extractor->rank(); notices.warn && rank > 0 && rank < components)
    notices.warn(c10::str(name, ": the training samples have rank ", rank,
                          ": components beyond are arbitrary directions, which figures count; pca:", rank,
                          " has none"));
  const auto sha256 = sha256_of_tensors(extractor->state());
  return {name, sha256, std::move(extractor)};
}

NamedExtractor make_torchscript(const std::string& name, const std::string& file, const Dataset& dataset,
                                torch::Device device, const std::string& planned_sha256) {
  if (!dataset.is_image())
    throw std::invalid_argument("extractor '" + name + "' needs images, '" + dataset.name + "' has none");
  require_byte_range(name, dataset.train.samples, "data set '" + dataset.name + "', training samples");
  require_byte_range(name, dataset.test.samples, "data set '" + dataset.name + "', test samples");
  const auto bytes = read_planned_file(file, planned_sha256);
  torch::jit::Module module;
  try {
    std::istringstream stream(bytes);
    module = torch::jit::load(stream, device);
  } catch (const c10::Error& error) {
    throw std::invalid_argument(file + ": not a TorchScript module: " + sentence_of(error));
  }
  return {name, sha256_hex(bytes),
          std::make_unique<TorchScriptExtractor>(std::move(module), dataset.sample_shape, device)};
}

}  // namespace

void require_byte_range(const std::string& extractor, const torch::Tensor& samples, const std::string& what) {
  constexpr double kByteRounding = 1e-3;
  const auto known = find_extractor(extractor);
  if (!known || known->kind != ExtractorKind::kTorchScript || !samples.defined() || samples.dim() != 4 ||
      samples.scalar_type() == torch::kUInt8 || samples.numel() == 0)
    return;
  const double least = samples.min().item<double>();
  const double greatest = samples.max().item<double>();
  if (least < -kByteRounding || greatest > 1.0 + kByteRounding)
    throw UserError(what + ": its values lie from " + std::to_string(least) + " to " +
                    std::to_string(greatest) + ", those of the images that extractor '" + extractor +
                    "' takes from 0 to 1; scale them, or save bytes (uint8)");
}

NamedExtractor make_extractor(const std::string& name, const Dataset& dataset,
                              const std::filesystem::path& cache_dir, torch::Device device,
                              const ExtractorProgress& progress, const std::string& planned_sha256,
                              const Notices& notices) {
  const auto known = find_extractor(name);
  if (!known) throw std::invalid_argument(extractor_fault(name));
  switch (known->kind) {
    case ExtractorKind::kClassifier:
      return make_classifier(name, dataset, cache_dir, progress, notices);
    case ExtractorKind::kPca:
      return make_pca(name, known->components, dataset, cache_dir, notices);
    case ExtractorKind::kTorchScript:
      break;
  }
  return make_torchscript(name, known->file, dataset, device, planned_sha256);
}

NamedExtractor make_planned_extractor(const RunSpec& spec, const Execution& execution, const Dataset& dataset,
                                      torch::Device device, const ExtractorProgress& progress,
                                      const Notices& notices) {
  auto extractor = make_extractor(with_found_file(spec.extractor, execution.suite_dir), dataset,
                                  execution.cache_dir, device, progress, spec.extractor_sha256, notices);
  extractor.name = spec.extractor;
  return extractor;
}

}  // namespace rraebench
