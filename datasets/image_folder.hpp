#pragma once
// Implements: the images of a folder, by class where it has class folders, and what is left out of it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

struct ImageFolder {
  std::vector<std::filesystem::path> files;  // Sorted by class and name.
  std::vector<std::string> classes;          // Of each file; "" outside class folders.
  /// A sentence for each kind of picture that is left out: files of other formats, folders too deep.
  std::vector<std::string> notes;

  bool has_classes() const { return !classes.empty() && !classes.front().empty(); }
};

/// Takes files named .jpg, .jpeg or .png in `folder` or one folder deeper, which is then their class. Hidden
/// entries are passed over. `name` stands for the folder in notes. Throws DatasetError where it cannot be
/// listed, holds no images, or holds both images and folders of images.
ImageFolder list_images(const std::filesystem::path& folder, const std::string& name);

/// Every place of `images.files` once: the first of each class folder, then the second of each, and so on.
std::vector<std::int64_t> places_in_turn(const ImageFolder& images);

}  // namespace rraebench
