#include "datasets/mnist.hpp"

#include "datasets/idx.hpp"
#include "datasets/sha256.hpp"

#include <algorithm>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSide = 28;
constexpr int kLastLabel = 9;

bool is_file(const fs::path& path) {
  std::error_code ignored;  // What cannot be looked at counts as missing.
  return fs::is_regular_file(path, ignored);
}

fs::path mnist_folder(const fs::path& data_dir) {
  std::error_code ignored;
  return fs::is_directory(data_dir / "mnist", ignored) ? data_dir / "mnist" : data_dir;
}

fs::path find_file(const fs::path& folder, const std::string& name) {
  for (const fs::path& path : {folder / name, folder / (name + ".gz")})
    if (is_file(path)) return path;
  throw DatasetError("no " + name + " or " + name + ".gz in " + (folder.empty() ? "." : folder.string()) +
                     "; give --data-dir the folder whose mnist/ holds the four MNIST files");
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

/// `part` is the files' prefix; `count` the number of images to use, 0 for all.
Split read_split(const fs::path& folder, const std::string& part, const std::string& count_option,
                 const Options& options, Sha256& hash) {
  const fs::path image_path = find_file(folder, part + "-images-idx3-ubyte");
  const fs::path label_path = find_file(folder, part + "-labels-idx1-ubyte");
  IdxArray images = read_images(image_path);
  IdxArray labels = read_labels(label_path);
  const std::int64_t available = images.dimensions[0];
  if (available != labels.dimensions[0])
    throw DatasetError(image_path.string() + ": " + std::to_string(available) + " images but " +
                       std::to_string(labels.dimensions[0]) + " labels in " + label_path.filename().string() +
                       "; download both again");
  const std::int64_t wanted = options.integer(count_option);
  if (wanted > available)
    throw OptionError("option '" + count_option + "' is " + std::to_string(wanted) + " but " +
                      image_path.string() + " holds " + std::to_string(available) +
                      " images; 0 takes them all");

  const std::int64_t count = wanted == 0 ? available : wanted;
  Split split;
  split.samples = torch::from_blob(images.bytes.data(), {count, 1, kSide, kSide}, torch::kUInt8).clone();
  split.labels = torch::from_blob(labels.bytes.data(), {count}, torch::kUInt8).to(torch::kInt64);
  hash.update(images.bytes.data(), static_cast<std::size_t>(count * kSide * kSide));
  hash.update(labels.bytes.data(), static_cast<std::size_t>(count));
  return split;
}

}  // namespace

Dataset load_mnist(const Options& options, const fs::path& data_dir) {
  const fs::path folder = mnist_folder(data_dir);
  Sha256 hash;
  Dataset dataset;
  dataset.sample_shape = {1, kSide, kSide};
  dataset.train = read_split(folder, "train", "train_count", options, hash);
  dataset.test = read_split(folder, "t10k", "test_count", options, hash);
  dataset.fingerprint = hash.hex();
  if (options.text("normalisation") == "standardise")
    dataset.normalisation = standardisation(dataset.train.samples);
  return dataset;
}

}  // namespace rraebench
