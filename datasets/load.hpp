#pragma once
// Implements: a data set's name and options -> its samples as tensors.

#include "datasets/dataset.hpp"
#include "datasets/source.hpp"

#include <string>

namespace rraebench {

/// `options` must be those of dataset_description(name). `folders` are unused by embedded data. Tensors of
/// mapped files hold the mapping. Throws DatasetError for missing or broken files, OptionError for an unknown
/// name or options that the data do not allow.
Dataset load_dataset(const std::string& name, const Options& options, const DataFolders& folders);

}  // namespace rraebench
