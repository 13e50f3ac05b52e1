#pragma once
// Implements: JPEG and PNG files as RGB pixels, for files that may be damaged or hostile: what a header
// claims is checked before memory is asked for.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

/// Images of more pixels are refused.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 25;
/// Files of more bytes are refused.
constexpr std::size_t kMostImageBytes = std::size_t{1} << 27;

struct Image {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::vector<std::uint8_t> rgb;  // height x width x 3; grey images have three equal channels.
};

/// Decodes image after image, keeping what can be reused; one for each thread.
class ImageDecoder {
 public:
  ImageDecoder();
  ~ImageDecoder();
  ImageDecoder(const ImageDecoder&) = delete;
  ImageDecoder& operator=(const ImageDecoder&) = delete;

  /// JPEG (with libjpeg-turbo's exact inverse transform and smooth chroma upsampling) or PNG (16 bits are
  /// rounded to 8, transparency is laid on black: value x alpha / 255, rounded), told apart by their first
  /// bytes. Pixels are taken as they are stored: no gamma, colour profile or EXIF orientation is applied, and
  /// of a file of several pictures the first is read.
  /// `name` stands for the bytes in errors. Throws DatasetError for anything else, named for what it is, for
  /// damage, for CMYK colours and for images that are too large. What libpng only warns of is no damage.
  void decode(std::string_view bytes, const std::string& name, Image& image);

 private:
  void decode_jpeg(std::string_view bytes, const std::string& name, Image& image);

  void* jpeg_;  // TurboJPEG's handle.
};

}  // namespace rraebench
