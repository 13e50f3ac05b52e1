// Implements: CelebA from its aligned JPEG files and its official partition.

#include "datasets/celeba_partition.hpp"
#include "datasets/error.hpp"
#include "datasets/image_cache.hpp"
#include "datasets/sha256.hpp"
#include "datasets/source_options.hpp"

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "celeba";
constexpr const char* kImageFolder = "img_align_celeba";
constexpr const char* kPartitionFile = "list_eval_partition.txt";
constexpr std::pair<std::int64_t, std::int64_t> kAlignedSize = {178, 218};

/// Appends those of `names` that the options want to the list; returns how many.
std::int64_t add_files(const std::vector<std::string>& names, const fs::path& folder, const Options& options,
                       const std::string& part, ImageList& list) {
  const auto rows = samples_in_use(options, part, static_cast<std::int64_t>(names.size()),
                                   part + " of " + (folder / kPartitionFile).string());
  for (const auto row : rows)
    list.files.push_back(folder / kImageFolder / names[static_cast<std::size_t>(row)]);
  return static_cast<std::int64_t>(rows.size());
}

RawDataset load(const Options& options, const DataFolders& folders) {
  const auto folder = source_folder(folders.data_dir, kFolder);
  if (!is_file(folder / kPartitionFile))
    throw DatasetError(std::string("no ") + kPartitionFile + " in " +
                       (folder.empty() ? "." : folder.string()) + "; give --data-dir the folder whose " +
                       kFolder + "/ holds it and " + kImageFolder +
                       "/; rraebench download celeba says where to get both");
  const auto partition = read_celeba_partition(folder / kPartitionFile);
  ImageList list;
  list.name = kFolder;
  list.form = {3, options.integer("size"), options.integer("size")};
  list.required_size = kAlignedSize;
  const auto train = add_files(partition.train, folder, options, "train", list);
  const auto validation = add_files(partition.validation, folder, options, "validation", list);
  const auto test = add_files(partition.test, folder, options, "test", list);
  if (train == 0 || test == 0)
    throw DatasetError((folder / kPartitionFile).string() + ": it lists no training or no test images");
  const auto images = cached_images(list, folders.cache_dir, folders.hooks);
  RawDataset dataset;
  dataset.train = images.samples.rows(0, train);
  if (validation > 0) dataset.validation = images.samples.rows(train, train + validation);
  dataset.test = images.samples.rows(train + validation, train + validation + test);
  dataset.value_range = {0.0, 1.0};
  dataset.fingerprint =
      sha256_hex(images.fingerprint + " " + std::to_string(train) + " " + std::to_string(validation));
  return dataset;
}

Presence locate(const fs::path& data_dir) {
  const auto folder = source_folder(data_dir, kFolder);
  std::error_code ignored;
  if (!fs::is_directory(folder / kImageFolder, ignored))
    return {false, std::string("missing: ") + kImageFolder + "/ in " + folder.string() + " (--data-dir)"};
  // As it is published: compressed it is not read.
  if (!is_file(folder / kPartitionFile))
    return {false, std::string("missing: ") + kPartitionFile + " in " + folder.string() + " (--data-dir)"};
  return {true, "present in " + folder.string()};
}

}  // namespace

DataSource celeba_source() {
  return {
      {"celeba",
       "aligned photographs of faces",
       "3 x 160 x 160",
       "162770 train, 19867 validation, 19962 test (official partition)",
       "Liu, Luo, Wang, Tang: Deep learning face attributes in the wild, ICCV 2015",
       "for non-commercial research only",
       {normalisation_option("none"),
        integer_option("size", "160", "height and width after bilinear antialiased resizing", 8, 512),
        train_count_option(), train_seed_option(),
        count_option("validation_count", "first validation samples to use; 0: all"), test_count_option()}},
      load,
      locate};
}

}  // namespace rraebench
