#pragma once
// Implements: a list of image files decoded and resized once, in parallel, into one file of bytes that is
// then mapped: a data set may be larger than memory, and the second run starts at once.

#include "datasets/source.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// What the images become.
struct ImageForm {
  std::int64_t channels = 3;  // 3 (red, green, blue) or 1 (brightness).
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The size of the image `file`, with so many channels. Throws DatasetError where it is none.
ImageForm form_of(const std::filesystem::path& file, std::int64_t channels);

struct ImageList {
  std::string name;                          // Of the source: begins the cache file's name.
  std::vector<std::filesystem::path> files;  // In the order of the samples.
  ImageForm form;
  /// Width and height that every file must have; nullopt: any.
  std::optional<std::pair<std::int64_t, std::int64_t>> required_size;
};

struct CachedImages {
  RawSplit samples;  // Bytes: files x channels x height x width, mapped.
  /// SHA-256 of the SHA-256 of each file's bytes, in order.
  std::string fingerprint;
};

/// The cache file depends on the form and on every file's path, size and time of change, and is made under a
/// lock, beside its place, and renamed: whoever sees it sees it whole. Throws DatasetError for files that are
/// missing or damaged or of another size, and for a cache folder without room. `progress` hears of images
/// decoded, not of those found in the cache; what it throws leaves no cache.
CachedImages cached_images(const ImageList& list, const std::filesystem::path& cache_dir,
                           const DataHooks& hooks = {});

}  // namespace rraebench
