#include "host/worker/measuring/export_images.hpp"

#include "datasets/dataset.hpp"
#include "datasets/load.hpp"
#include "host/common/errors.hpp"
#include "host/worker/measuring/picture.hpp"

#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
  throw InfrastructureError(path.string() + ": cannot be written: " + error.message());
}

void write_image(const fs::path& file, const std::string& png) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(png.data(), static_cast<std::streamsize>(png.size()));
  stream.close();
  if (!stream) fail(file, {errno, std::generic_category()});
}

std::string number_of(std::int64_t index) {
  char text[32];
  std::snprintf(text, sizeof text, "%06lld.png", static_cast<long long>(index));
  return text;
}

/// Into which the images go until all are there.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(const fs::path& folder) : path_(folder.string() + ".part") {
    std::error_code error;
    fs::remove_all(path_, error);
    fs::create_directories(path_, error);
    if (error) fail(path_, error);
  }
  ~UnfinishedFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

void export_images(const fs::path& file, const fs::path& folder,
                   const std::function<void(std::int64_t, std::int64_t)>& progress) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error))
    throw UserError(folder.string() +
                    ": is not empty, and its files would mix with the images; name another");
  const auto dataset = load_samples(file, /*channels=*/1, {});
  if (!dataset.is_image() || (dataset.sample_shape[0] != 1 && dataset.sample_shape[0] != 3))
    throw UserError(file.string() + ": holds no images of 1 or 3 channels; export them as npy");
  if (dataset.value_minimum < 0.0 || dataset.value_maximum > 1.0)
    throw UserError(file.string() + ": its values lie from " + std::to_string(dataset.value_minimum) +
                    " to " + std::to_string(dataset.value_maximum) +
                    ", those of an image from 0 to 1; export them as npy");
  const auto& samples = dataset.train.samples;
  const UnfinishedFolder unfinished(folder);
  for (std::int64_t n = 0; n < samples.size(0); ++n) {
    write_image(unfinished.path() / number_of(n), png_of(to_values(samples.slice(0, n, n + 1))[0]));
    progress(n + 1, samples.size(0));
  }
  fs::rename(unfinished.path(), folder, error);
  if (error) fail(folder, error);
}

}  // namespace rraebench
