// Implements: the user's own folder of JPEG and PNG images: train/, test/ and perhaps validation/, each with
// images or with one folder of images a class.

#include "datasets/error.hpp"
#include "datasets/image_cache.hpp"
#include "datasets/image_folder.hpp"
#include "datasets/sha256.hpp"
#include "datasets/source_options.hpp"

#include <algorithm>
#include <set>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

fs::path find_folder(const Options& options, const DataFolders& folders) {
  const fs::path wanted = options.text("folder");
  if (wanted.empty())
    throw DatasetError(
        "data set 'images' needs your folder; give name = \"images:FOLDER\", relative to the suite, the "
        "current folder or --data-dir, with folders train/ and test/ in it");
  for (const auto& folder : own_places(wanted, folders))
    if (is_folder(folder)) return fs::absolute(folder).lexically_normal();
  throw DatasetError("option 'folder': no folder " + wanted.string() + " " + words_of_own_places(folders));
}

/// The size of the first training image, where the user asks for none.
ImageForm choose_form(const Options& options, const fs::path& first) {
  const std::int64_t channels = options.text("colour") == "grey" ? 1 : 3;
  const auto size = options.integer("size");
  return size > 0 ? ImageForm{channels, size, size} : form_of(first, channels);
}

/// Rising places of the files in use. Files lie class by class: the first ones of all would be of the first
/// classes alone, so what is not drawn is taken from the class folders in turn.
std::vector<std::int64_t> files_in_use(const Options& options, const std::string& part,
                                       const ImageFolder& images, const fs::path& folder) {
  auto rows = samples_in_use(options, part, static_cast<std::int64_t>(images.files.size()), folder.string());
  const bool drawn = part == "train" && options.integer("train_seed") != 0;
  if (drawn) return rows;
  const auto places = places_in_turn(images);
  for (auto& row : rows) row = places[static_cast<std::size_t>(row)];
  std::sort(rows.begin(), rows.end());
  return rows;
}

RawDataset load(const Options& options, const DataFolders& folders) {
  const auto folder = find_folder(options, folders);
  for (const char* part : {"train", "test"})
    if (!is_folder(folder / part))
      throw DatasetError(folder.string() + ": no folder " + part + "/ in it; expected train/ and test/");
  // By the user's own name of it, which is the same on every machine.
  const auto listed = [&](const char* part) {
    return list_images(folder / part, (fs::path(options.text("folder")) / part).string());
  };
  std::vector<ImageFolder> parts = {listed("train"), {}, listed("test")};
  if (is_folder(folder / "validation")) parts[1] = listed("validation");
  const char* const part_names[] = {"train", "validation", "test"};

  std::set<std::string> classes(parts[0].classes.begin(), parts[0].classes.end());
  const bool labelled = parts[0].has_classes();
  RawDataset dataset;
  ImageList list;
  list.name = "images";
  std::string structure;  // What the files' bytes do not say: splits and classes.
  for (std::size_t p = 0; p < parts.size(); ++p) {
    auto& part = parts[p];
    const std::string name = part_names[p];
    dataset.notes.insert(dataset.notes.end(), part.notes.begin(), part.notes.end());
    if (!labelled && part.has_classes())
      dataset.notes.push_back("the class folders of " + name + "/ are no labels, since train/ has none");
    if (labelled && !part.files.empty() && !part.has_classes())
      throw DatasetError((folder / name).string() +
                         ": its images lie in no class folders, those of train/ do; sort them alike");
    ImageFolder used;
    for (const auto row : files_in_use(options, name, part, folder / name)) {
      used.files.push_back(part.files[static_cast<std::size_t>(row)]);
      used.classes.push_back(part.classes[static_cast<std::size_t>(row)]);
    }
    part.files = std::move(used.files);
    part.classes = std::move(used.classes);
    for (std::size_t n = 0; n < part.files.size(); ++n) {
      if (labelled && classes.count(part.classes[n]) == 0)
        throw DatasetError(part.files[n].string() + ": no training image is of its class '" +
                           part.classes[n] + "'");
      list.files.push_back(part.files[n]);
      structure += std::to_string(p) + part.classes[n] + "\n";
    }
  }
  list.form = choose_form(options, parts[0].files.front());
  if (options.integer("size") == 0) list.required_size = {list.form.width, list.form.height};

  const auto images = cached_images(list, folders.cache_dir, folders.hooks);
  RawSplit* const splits[] = {&dataset.train, &dataset.validation, &dataset.test};
  std::int64_t first = 0;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const auto count = static_cast<std::int64_t>(parts[p].files.size());
    if (count == 0) continue;
    *splits[p] = images.samples.rows(first, first + count);
    first += count;
    if (!labelled) continue;
    for (const auto& name : parts[p].classes)
      splits[p]->labels.push_back(std::distance(classes.begin(), classes.find(name)));
  }
  dataset.value_range = {0.0, 1.0};
  dataset.fingerprint = sha256_hex(images.fingerprint + structure);
  return dataset;
}

Presence locate(const fs::path& data_dir) {
  return {
      false,
      "your own: images:FOLDER with train/ and test/ in it, beside the suite, in the current folder or in " +
          data_dir.string() + " (--data-dir)"};
}

}  // namespace

DataSource images_source() {
  return {
      {"images",
       "your own JPEG and PNG images as stored (no EXIF rotation), with a folder a class if they have "
       "classes",
       "3 x H x W or 1 x H x W",
       "as in your folder",
       "your own",
       "your own",
       {normalisation_option("none"), text_option("folder", "", "the folder that holds train/ and test/"),
        integer_option("size", "0",
                       "height and width after bilinear antialiased resizing; 0: the images' own, which must "
                       "then be the same",
                       0, 1024),
        text_option("colour", "rgb", "channels: red, green and blue, or brightness", "rgb|grey"),
        count_option("train_count", "training samples to use, from the class folders in turn; 0: all"),
        count_option(
            "train_seed",
            "0: the first training samples of each class folder; else a random choice of train_count "
            "of all, drawn with this seed"),
        count_option("validation_count", "validation samples to use, from the class folders in turn; 0: all"),
        count_option("test_count", "test samples to use, from the class folders in turn; 0: all")},
       {"folder"},
       {"folder"}},
      load,
      locate};
}

}  // namespace rraebench
