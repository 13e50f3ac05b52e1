// Any bytes at all: ImageDecoder gives as many pixels as it says, which can be resized, or refuses with
// DatasetError.

#include "datasets/error.hpp"
#include "datasets/image_file.hpp"
#include "datasets/resize.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kSide = 8;
  static rraebench::ImageDecoder decoder;  // Kept, as when a folder of images is read.
  static rraebench::Image image;
  try {
    decoder.decode({reinterpret_cast<const char*>(data), size}, "input", image);
  } catch (const rraebench::DatasetError&) {
    return 0;
  }
  if (image.rgb.size() != static_cast<std::size_t>(image.width * image.height * 3)) std::abort();
  std::vector<std::uint8_t> planes(3 * kSide * kSide);
  std::vector<std::uint8_t> scratch;
  rraebench::BilinearResize(image.width, image.height, kSide, kSide)
      .apply(image.rgb.data(), planes.data(), scratch);
  return 0;
}
