#pragma once
// Implements: what a file of pixels is, by its name and by its first bytes, whatever the other says.

#include <filesystem>
#include <string>
#include <string_view>

namespace rraebench {

bool is_jpeg(std::string_view bytes);
bool is_png(std::string_view bytes);

/// For bytes that are neither JPEG nor PNG: "a WebP image, whatever its name says; convert it to PNG".
std::string what_it_is(std::string_view bytes);

/// File names that end in .jpg, .jpeg or .png, in whatever case.
bool has_image_name(const std::filesystem::path& path);

/// The ending of a name that a picture of another format has, in lower case: ".webp"; empty for other names.
std::string other_picture_ending(const std::filesystem::path& path);

}  // namespace rraebench
