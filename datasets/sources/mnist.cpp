// Implements: MNIST.

#include "datasets/idx_images.hpp"

#include <algorithm>
#include <cctype>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "mnist";

/// Fashion-MNIST's files have the same names: a data folder of that name holds no MNIST.
bool is_of_fashion(const fs::path& data_dir) {
  std::error_code ignored;
  auto name = fs::weakly_canonical(fs::absolute(data_dir, ignored), ignored).filename().string();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.find("fashion") != std::string::npos;
}

fs::path folder_of_digits(const fs::path& data_dir) {
  return is_of_fashion(data_dir) ? data_dir / kFolder : source_folder(data_dir, kFolder);
}

RawDataset load(const Options& options, const DataFolders& folders) {
  return load_idx_images(folder_of_digits(folders.data_dir), kFolder, options);
}

Presence locate(const fs::path& data_dir) {
  return locate_files(folder_of_digits(data_dir), idx_image_files());
}

}  // namespace

DataSource mnist_source() {
  return {{"mnist", "handwritten digits", "1 x 28 x 28", "60000 train, 10000 test",
           "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, Proc. "
           "IEEE 86(11), 1998",
           "CC BY-SA 3.0", idx_image_options()},
          load,
          locate};
}

}  // namespace rraebench
