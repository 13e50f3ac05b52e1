// Implements: Fashion-MNIST. Its files have MNIST's names, so only their own folder tells the two apart.

#include "datasets/idx_images.hpp"

namespace rraebench {
namespace {

constexpr const char* kFolder = "fashion-mnist";

RawDataset load(const Options& options, const DataFolders& folders) {
  return load_idx_images(folders.data_dir / kFolder, kFolder, options);
}

Presence locate(const std::filesystem::path& data_dir) {
  return locate_files(data_dir / kFolder, idx_image_files());
}

}  // namespace

DataSource fashion_mnist_source() {
  return {{"fashion-mnist", "pictures of clothes, ten kinds", "1 x 28 x 28", "60000 train, 10000 test",
           "Xiao, Rasul, Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning "
           "algorithms, arXiv:1708.07747",
           "MIT", idx_image_options()},
          load,
          locate};
}

}  // namespace rraebench
