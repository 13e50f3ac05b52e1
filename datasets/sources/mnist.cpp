// Implements: MNIST.

#include "datasets/idx_images.hpp"

namespace rraebench {
namespace {

RawDataset load(const Options& options, const DataFolders& folders) {
  return load_idx_images(source_folder(folders.data_dir, "mnist"), "mnist", options);
}

Presence locate(const std::filesystem::path& data_dir) {
  return locate_files(source_folder(data_dir, "mnist"), idx_image_files());
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
