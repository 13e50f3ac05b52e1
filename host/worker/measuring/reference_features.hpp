#pragma once
// Implements: the real samples' features that interpolated and generated ones are compared with, kept on disk
// between runs.

#include "datasets/dataset.hpp"
#include "host/common/cell.hpp"
#include "host/worker/measuring/extractors.hpp"
#include "metrics/frechet.hpp"

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace rraebench {

struct ReferenceFeatures {
  FrechetReference frechet;
  std::int64_t count = 0;         // Samples behind it; 0: the imported file does not say.
  torch::Tensor features;         // n x d float32 of at most kKeptFeatures of them; undefined unless needed.
  std::optional<double> entropy;  // Mean entropy of the extractor's classes, where it has classes.
  bool varies = true;             // False where all real samples have the same features, to single precision.
  std::string source;             // "celeba.npz@1a2b3c4d" of an imported file, else empty.
};

/// Of the split that the suite names, or from the suite's `statistics` file. The former are kept in
/// `cache_dir` as an .npz file of mu, sigma and more (host/common/feature_statistics.hpp), which other tools
/// can read; its name holds a hash of data set, options, split and extractor; a damaged one is made anew,
/// with a warning, and any number of threads gives the same bits. The same values come back whether they were
/// computed or read. Throws UserError where the imported file is none or its features are not the extractor's
/// in number, and as PlannedFile and load_or_make do.
ReferenceFeatures prepare_reference(const RunSpec& spec, const Dataset& dataset,
                                    const NamedExtractor& extractor, const std::filesystem::path& cache_dir,
                                    const std::function<void(std::int64_t done, std::int64_t of)>& progress,
                                    const Notices& notices = {});

/// The file that prepare_reference keeps for this run.
std::filesystem::path reference_file(const RunSpec& spec, const NamedExtractor& extractor,
                                     const std::filesystem::path& cache_dir);

}  // namespace rraebench
