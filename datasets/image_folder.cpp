#include "datasets/image_folder.hpp"

#include "datasets/error.hpp"
#include "datasets/image_format.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

/// Pictures that are not read.
struct LeftOut {
  std::size_t files = 0;
  std::set<std::string> endings;
  std::size_t folders = 0;  // Too deep, with pictures in them.
  fs::path first_folder;
};

bool is_folder(const fs::path& path) {
  std::error_code ignored;  // A link to nowhere or to itself is no folder.
  return fs::is_directory(path, ignored);
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().native().front() != '.') entries.push_back(at->path());
  if (error) throw DatasetError(folder.string() + ": cannot be listed: " + error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool is_picture_name(const fs::path& path) {
  return has_image_name(path) || !other_picture_ending(path).empty();
}

bool holds_pictures(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error))
    if (is_picture_name(at->path())) return true;
  return false;
}

/// Appends the images of one folder, all of class `class_name`. Gives the folders in it.
std::vector<fs::path> add_images(const fs::path& folder, const std::string& class_name, ImageFolder& images,
                                 LeftOut& left_out) {
  std::vector<fs::path> folders;
  for (const auto& entry : sorted_entries(folder)) {
    if (is_folder(entry)) {
      folders.push_back(entry);
    } else if (has_image_name(entry)) {
      images.files.push_back(entry);
      images.classes.push_back(class_name);
    } else if (auto ending = other_picture_ending(entry); !ending.empty()) {
      ++left_out.files;
      left_out.endings.insert(std::move(ending));
    }
  }
  return folders;
}

std::vector<std::string> notes_of(const LeftOut& left_out, const fs::path& folder, const std::string& name) {
  std::vector<std::string> notes;
  if (left_out.files > 0) {
    std::string endings;
    for (const auto& ending : left_out.endings) endings += (endings.empty() ? "" : ", ") + ending;
    const bool one = left_out.files == 1;
    notes.push_back(std::to_string(left_out.files) + (one ? " file in " : " files in ") + name +
                    (one ? " is no .jpg, .jpeg or .png and is left out ("
                         : " are no .jpg, .jpeg or .png and are left out (") +
                    endings + ")");
  }
  if (left_out.folders > 0) {
    const bool one = left_out.folders == 1;
    notes.push_back(std::to_string(left_out.folders) + (one ? " folder" : " folders") + " of pictures in " +
                    name + (one ? " lies" : " lie") + " deeper than class folders and " +
                    (one ? "is" : "are") + " left out (" +
                    left_out.first_folder.lexically_relative(folder).string() + (one ? ")" : ", ...)"));
  }
  return notes;
}

}  // namespace

ImageFolder list_images(const fs::path& folder, const std::string& name) {
  ImageFolder images;
  LeftOut left_out;
  const auto class_folders = add_images(folder, "", images, left_out);
  const auto flat = images.files.size();
  for (const auto& class_folder : class_folders)
    for (const auto& deeper : add_images(class_folder, class_folder.filename().string(), images, left_out)) {
      if (!holds_pictures(deeper)) continue;
      if (++left_out.folders == 1) left_out.first_folder = deeper;
    }
  images.notes = notes_of(left_out, folder, name);
  if (images.files.empty()) {
    std::string others;
    for (const auto& note : images.notes) others += "; " + note;
    throw DatasetError(folder.string() + ": it holds no images (.jpg, .jpeg or .png), nor do its folders" +
                       others);
  }
  if (flat > 0 && flat < images.files.size())
    throw DatasetError(folder.string() + ": it holds both images and folders of images; use either");
  return images;
}

std::vector<std::int64_t> places_in_turn(const ImageFolder& images) {
  std::map<std::string, std::int64_t> seen;
  std::vector<std::pair<std::int64_t, std::int64_t>> turns;  // Its place in its class, and in all.
  for (const auto& name : images.classes)
    turns.emplace_back(seen[name]++, static_cast<std::int64_t>(turns.size()));
  std::sort(turns.begin(), turns.end());
  std::vector<std::int64_t> places;
  places.reserve(turns.size());
  for (const auto& turn : turns) places.push_back(turn.second);
  return places;
}

}  // namespace rraebench
