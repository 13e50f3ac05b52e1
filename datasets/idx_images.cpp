#include "datasets/idx_images.hpp"

#include "datasets/error.hpp"
#include "datasets/idx.hpp"
#include "datasets/sha256.hpp"
#include "datasets/source_options.hpp"

#include <algorithm>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSide = 28;
constexpr int kLastLabel = 9;

fs::path find_file(const fs::path& folder, const std::string& name, const std::string& folder_name) {
  for (const fs::path& path : {folder / name, folder / (name + ".gz")})
    if (is_file(path)) return path;
  throw DatasetError("no " + name + " or " + name + ".gz in " + (folder.empty() ? "." : folder.string()) +
                     "; give --data-dir the folder whose " + folder_name +
                     "/ holds the four IDX files, or fetch them: rraebench download " + folder_name);
}

std::string shape_text(const std::vector<std::uint32_t>& dimensions) {
  std::string text;
  for (const auto dimension : dimensions) text += (text.empty() ? "" : " x ") + std::to_string(dimension);
  return text;
}

IdxArray read_images(const fs::path& path) {
  IdxArray images = read_idx(path);
  if (images.dimensions.size() != 3 || images.dimensions[1] != kSide || images.dimensions[2] != kSide)
    throw DatasetError(path.string() + ": it holds an array of " + shape_text(images.dimensions) +
                       ", expected images of N x 28 x 28; download it again");
  return images;
}

IdxArray read_labels(const fs::path& path) {
  IdxArray labels = read_idx(path);
  if (labels.dimensions.size() != 1)
    throw DatasetError(path.string() + ": it holds an array of " + shape_text(labels.dimensions) +
                       ", expected a list of N labels; download it again");
  const auto wrong =
      std::find_if(labels.bytes.begin(), labels.bytes.end(), [](int label) { return label > kLastLabel; });
  if (wrong != labels.bytes.end())
    throw DatasetError(path.string() + ": label " + std::to_string(*wrong) + " of sample " +
                       std::to_string(wrong - labels.bytes.begin()) + ", expected 0 to 9; download it again");
  return labels;
}

/// `part` is the files' prefix.
RawSplit read_split(const fs::path& folder, const std::string& folder_name, const std::string& part,
                    const std::string& option_part, const Options& options, Sha256& hash) {
  const fs::path image_path = find_file(folder, part + "-images-idx3-ubyte", folder_name);
  const fs::path label_path = find_file(folder, part + "-labels-idx1-ubyte", folder_name);
  IdxArray images = read_images(image_path);
  const IdxArray labels = read_labels(label_path);
  const std::int64_t available = images.dimensions[0];
  if (available != labels.dimensions[0])
    throw DatasetError(image_path.string() + ": " + std::to_string(available) + " images but " +
                       std::to_string(labels.dimensions[0]) + " labels in " + label_path.filename().string() +
                       "; download both again");
  auto all = byte_split(std::move(images.bytes), {available, 1, kSide, kSide});
  all.labels.assign(labels.bytes.begin(), labels.bytes.end());
  auto split = samples_in_use(all, options, option_part, image_path.string());
  const auto count = static_cast<std::size_t>(split.size());
  hash.update(split.bytes(), count * split.sample_bytes());
  const std::vector<unsigned char> label_bytes(split.labels.begin(), split.labels.end());
  hash.update(label_bytes.data(), count);
  return split;
}

}  // namespace

const std::vector<std::string>& idx_image_files() {
  static const std::vector<std::string> files = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                                 "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
  return files;
}

std::vector<OptionRule> idx_image_options() {
  return {normalisation_option("none"), train_count_option(), train_seed_option(),
          held_out_validation_option(), test_count_option()};
}

RawDataset load_idx_images(const fs::path& folder, const std::string& folder_name, const Options& options) {
  Sha256 hash;
  RawDataset dataset;
  dataset.train = read_split(folder, folder_name, "train", "train", options, hash);
  dataset.test = read_split(folder, folder_name, "t10k", "test", options, hash);
  dataset.fingerprint = hash.hex();
  dataset.value_range = {0.0, 1.0};
  hold_out_validation(dataset, options);
  return dataset;
}

}  // namespace rraebench
