#pragma once
// Implements: small JPEG and PNG contents for tests.

#include <png.h>
#include <zlib.h>

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
  std::string content(reinterpret_cast<char*>(bytes), size);
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

/// A PNG chunk: length, kind, data and checksum.
inline std::string png_chunk(const std::string& kind, const std::string& data) {
  const auto word = [](std::size_t value) {
    return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                       static_cast<char>(value >> 8), static_cast<char>(value)};
  };
  const auto body = kind + data;
  return word(data.size()) + body +
         word(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
}

inline std::string zlib_stream(const std::string& bytes) {
  auto size = compressBound(bytes.size());
  std::string packed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
               bytes.size()) != Z_OK)
    throw std::runtime_error("compress failed");
  packed.resize(size);
  return packed;
}

/// `whole` with `chunk` behind its header chunk.
inline std::string with_png_chunk(std::string whole, const std::string& chunk) {
  constexpr std::size_t kBehindHeader = 8 + 12 + 13;
  return whole.insert(kBehindHeader, chunk);
}

/// A profile of grey colours, which does not belong into an RGB image: libpng warns of it.
inline std::string misplaced_profile() {
  std::string profile(132 + 64, '\x07');
  profile.replace(0, 4, std::string("\0\0\0\xC4", 4));
  profile.replace(4, 128, std::string(128, '\0'));
  profile.replace(8, 4, std::string("\x02\x10\0\0", 4));
  profile.replace(12, 12, "mntrGRAYXYZ ");
  profile.replace(36, 4, "acsp");
  profile.replace(68, 12, std::string("\0\0\xF6\xD6\0\x01\0\0\0\0\xD3\x2D", 12));
  return png_chunk("iCCP", std::string("grey\0\0", 6) + zlib_stream(profile));
}

/// A JPEG's frame header names its components: as four, it is one of CMYK colours.
inline std::string cmyk_jpeg(int width, int height) {
  const auto word = [](int value) {
    return std::string{static_cast<char>(value >> 8), static_cast<char>(value)};
  };
  std::string bytes("\xFF\xD8", 2);
  bytes += std::string("\xFF\xEE\0\x0E", 4) + "Adobe" + std::string("\0\x64\0\0\0\0\0", 7);
  bytes += std::string("\xFF\xC0\0\x14\x08", 5) + word(height) + word(width) + "\x04";
  for (int component = 1; component <= 4; ++component)
    bytes += std::string{static_cast<char>(component), '\x11', '\0'};
  bytes += std::string("\xFF\xDA\0\x0E\x04", 5);
  for (int component = 1; component <= 4; ++component)
    bytes += std::string{static_cast<char>(component), '\0'};
  return bytes + std::string("\0\x3F\0", 3) + std::string(64, '\x55') + "\xFF\xD9";
}

}  // namespace rraebench::testing
