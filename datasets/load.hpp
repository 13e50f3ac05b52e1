#pragma once
// Implements: a data set's name and options -> its samples as tensors.

#include "datasets/dataset.hpp"
#include "datasets/source.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace rraebench {

/// `options` must be those of dataset_description(name). `folders` are unused by embedded data. Tensors of
/// mapped files hold the mapping. Throws DatasetError for missing or broken files, OptionError for an unknown
/// name or options that the data do not allow.
Dataset load_dataset(const std::string& name, const Options& options, const DataFolders& folders);

/// Samples that came from anywhere, as training and test split alike, not normalised: a .npy file as the data
/// set 'npy' takes it, or a folder of images of one size, read with 1 or 3 channels. `name` of the data set
/// is "samples". Throws DatasetError.
Dataset load_samples(const std::filesystem::path& path, std::int64_t channels, const DataFolders& folders);

}  // namespace rraebench
