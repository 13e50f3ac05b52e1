#pragma once
// Implements: an array of images as a folder of PNG files, which other tools read.

#include <cstdint>
#include <filesystem>
#include <functional>

namespace rraebench {

/// Images N x C x H x W of a .npy file, in [0, 1] or bytes, as 000000.png and so on in `folder`, which must
/// be missing or empty and is there with all of them or as it was. Throws UserError for another array,
/// DatasetError for a file that is none, and InfrastructureError where the folder cannot be written.
void export_images(const std::filesystem::path& file, const std::filesystem::path& folder,
                   const std::function<void(std::int64_t done, std::int64_t of)>& progress);

}  // namespace rraebench
