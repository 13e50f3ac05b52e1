#pragma once
// Implements: small JPEG and PNG contents for tests.

#include <png.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <turbojpeg.h>
#include <vector>

namespace rraebench::testing {

/// width x height x 3 bytes that vary smoothly, so that JPEG keeps them nearly as they are.
inline std::vector<std::uint8_t> gradient(int width, int height, int phase = 0) {
  std::vector<std::uint8_t> rgb;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const int value : {200 * x / width, 200 * y / height, 100 + phase % 100})
        rgb.push_back(static_cast<std::uint8_t>(value));
  return rgb;
}

/// `sampling`: TJSAMP_420, TJSAMP_444, TJSAMP_GRAY.
inline std::string jpeg(int width, int height, int phase = 0, int sampling = TJSAMP_444, int flags = 0) {
  const auto rgb = gradient(width, height, phase);
  tjhandle handle = tjInitCompress();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int failed =
      tjCompress2(handle, rgb.data(), width, 0, height, TJPF_RGB, &bytes, &size, sampling, 95, flags);
  const std::string content(reinterpret_cast<char*>(bytes), size);
  tjFree(bytes);
  tjDestroy(handle);
  if (failed != 0) throw std::runtime_error("tjCompress2 failed");
  return content;
}

/// `pixels`: rows of `format` (PNG_FORMAT_RGB, PNG_FORMAT_GRAY, PNG_FORMAT_RGBA).
inline std::string png(int width, int height, unsigned format, const std::vector<std::uint8_t>& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = format;
  std::string content(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = content.size();
  if (png_image_write_to_memory(&image, content.data(), &size, 0, pixels.data(), 0, nullptr) == 0)
    throw std::runtime_error("png_image_write_to_memory failed");
  content.resize(size);
  return content;
}

}  // namespace rraebench::testing
