#pragma once
// Implements: labelled 28 x 28 images in four IDX files, plain or gzip: MNIST and the sets that took its
// form.

#include "datasets/source.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// The names of the four files; each may also end in ".gz".
const std::vector<std::string>& idx_image_files();

/// Options normalisation, train_count, train_seed, validation_count and test_count, each of which whoever
/// calls load_idx_images must declare; normalisation is read by load_dataset.
std::vector<OptionRule> idx_image_options();

/// Images N x 1 x 28 x 28 as bytes, labels 0 to 9. The fingerprint covers the pixels and labels that are
/// used, so it is the same for plain and gzip files. Throws DatasetError for a missing, broken or
/// inconsistent file, naming `folder_name` as the place for it, OptionError for more images than there are.
RawDataset load_idx_images(const std::filesystem::path& folder, const std::string& folder_name,
                           const Options& options);

}  // namespace rraebench
