#pragma once
// Implements: a feature extractor by its name in a suite, with what is kept of it on disk.

#include "datasets/dataset.hpp"
#include "host/common/cell.hpp"
#include "host/worker/measuring/kept_file.hpp"
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

using ExtractorProgress = std::function<void(std::int64_t step, std::int64_t steps, double loss)>;

/// "classifier": trained once on the data set's labels and kept in `cache_dir`, the same for all runs;
/// "pca:K": fitted to the training values, of more than kPcaSamples to a random choice of so many, and
/// kept; both to the same bits with any number of threads. "torchscript:FILE", which works on `device`, the
/// others on the CPU; `planned_sha256`: of its file. `warn` is told of kept files that are damaged and made
/// anew, and of components beyond the samples' rank. Throws std::invalid_argument for another name, a data
/// set without labels, or a file that is no TorchScript module, and as PlannedFile, load_or_make and, for the
/// data set's samples, require_byte_range do.
NamedExtractor make_extractor(const std::string& name, const Dataset& dataset,
                              const std::filesystem::path& cache_dir, torch::Device device,
                              const ExtractorProgress& progress, const std::string& planned_sha256 = "",
                              const Notices& notices = {});

/// That of a run: its file is looked for from the suite's folder first, and it is called as the suite calls
/// it.
NamedExtractor make_planned_extractor(const RunSpec& spec, const Execution& execution, const Dataset& dataset,
                                      torch::Device device, const ExtractorProgress& progress,
                                      const Notices& notices);

/// What "torchscript:FILE" is given are bytes of images from 0 to 1. Throws UserError, naming `samples` by
/// `what`, where `extractor` is one and float images leave that range by more than 0.001: clamped, they would
/// be other images.
void require_byte_range(const std::string& extractor, const torch::Tensor& samples, const std::string& what);

}  // namespace rraebench
