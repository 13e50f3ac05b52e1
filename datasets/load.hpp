#pragma once
// Implements: a data set's name and options -> its samples.

#include "datasets/dataset.hpp"
#include "rraebench/options.hpp"

#include <filesystem>
#include <string>

namespace rraebench {

/// `options` must be those of dataset_description(name). `data_dir` is unused by embedded data.
/// Throws DatasetError for missing or broken files, OptionError for an unknown name.
Dataset load_dataset(const std::string& name, const Options& options, const std::filesystem::path& data_dir);

}  // namespace rraebench
