#pragma once
// Implements: a feature extractor by its name in a suite, with the classifier's cache on disk.

#include "datasets/dataset.hpp"
#include "metrics/extractors/extractor.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace rraebench {

struct NamedExtractor {
  std::string name;    // As in the suite.
  std::string sha256;  // Of the file that holds it; of its tensors where there is no file.
  std::unique_ptr<FeatureExtractor> extractor;
};

/// "classifier": trained once on the data set's labels and kept in `cache_dir`, the same for all runs;
/// "pca:K": fitted to the training values; "torchscript:FILE", which works on `device`, the others on the
/// CPU. Throws std::invalid_argument for another name, a data set without labels, or a file that is no
/// TorchScript module.
NamedExtractor make_extractor(
    const std::string& name, const Dataset& dataset, const std::filesystem::path& cache_dir,
    torch::Device device,
    const std::function<void(std::int64_t step, std::int64_t steps, double loss)>& progress);

}  // namespace rraebench
