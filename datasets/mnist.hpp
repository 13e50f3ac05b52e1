#pragma once
// Implements: MNIST from its four IDX files, plain or gzip.

#include "datasets/dataset.hpp"
#include "rraebench/options.hpp"

#include <filesystem>

namespace rraebench {

/// Images N x 1 x 28 x 28 uint8, labels N int64 in 0..9. The files are looked for in `data_dir`/mnist, or in
/// `data_dir` itself where there is no such folder. The fingerprint covers the pixels and labels that are
/// used, so it is the same for plain and gzip files. Name, citation and licence are left to load_dataset.
/// Throws DatasetError for a missing, broken or inconsistent file, OptionError for more images than there
/// are.
Dataset load_mnist(const Options& options, const std::filesystem::path& data_dir);

}  // namespace rraebench
