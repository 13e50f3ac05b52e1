#include "datasets/image_file.hpp"

#include "datasets/error.hpp"
#include "datasets/image_format.hpp"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <turbojpeg.h>

namespace rraebench {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& fault) {
  throw DatasetError(name + ": " + fault);
}

/// Sizes the image, once its claims are known to be bearable.
void prepare(Image& image, std::int64_t width, std::int64_t height, const std::string& name) {
  if (width < 1 || height < 1 || width > kMostPixels / height)
    refuse(name, "an image of " + std::to_string(width) + " x " + std::to_string(height) +
                     " pixels, expected 1 to " + std::to_string(kMostPixels) + " in all");
  image.width = width;
  image.height = height;
  image.rgb.resize(static_cast<std::size_t>(width * height * 3));
}

void decode_png(std::string_view bytes, const std::string& name, Image& image) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  // libpng warns of what it sets aside (a colour profile that it finds fault with, a damaged comment) and
  // decodes the pixels. Damage to those is an error, but for a wrong checksum over them.
  const auto require = [&](int succeeded) {
    const std::string message = png.message;
    const bool wrong = message.find("incorrect data check") != std::string::npos;
    if (succeeded != 0 && !PNG_IMAGE_FAILED(png) && !wrong) return;
    png_image_free(&png);
    refuse(name, "a damaged PNG file (" + message + "); replace it");
  };
  require(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()));
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // As 8-bit files are taken.
  png.format = PNG_FORMAT_RGB;
  try {
    prepare(image, png.width, png.height, name);
  } catch (...) {
    png_image_free(&png);
    throw;
  }
  const png_color black{0, 0, 0};
  require(png_image_finish_read(&png, &black, image.rgb.data(), 0, nullptr));
}

constexpr std::size_t kJfifRevision = 11;  // Of the major number, where JFIF's segment comes first.

/// Some cameras and editors write 0.00 or 5.01. libjpeg warns of all but 1, and no pixel depends on it.
bool has_odd_jfif_revision(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.size() > kJfifRevision && bytes.substr(2, 2) == "\xff\xe0"sv &&
         bytes.substr(6, 5) == "JFIF\0"sv && bytes[kJfifRevision] != 1;
}

}  // namespace

ImageDecoder::ImageDecoder() : jpeg_(tjInitDecompress()) {
  if (jpeg_ == nullptr) throw std::bad_alloc();
}

ImageDecoder::~ImageDecoder() {
  tjDestroy(jpeg_);
}

void ImageDecoder::decode(std::string_view bytes, const std::string& name, Image& image) {
  if (is_png(bytes)) return decode_png(bytes, name, image);
  if (is_jpeg(bytes)) return decode_jpeg(bytes, name, image);
  refuse(name, what_it_is(bytes));
}

void ImageDecoder::decode_jpeg(std::string_view bytes, const std::string& name, Image& image) {
  std::string of_known_revision;
  if (has_odd_jfif_revision(bytes)) {
    of_known_revision = bytes;
    of_known_revision[kJfifRevision] = 1;
    bytes = of_known_revision;
  }
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<unsigned long>(bytes.size());
  const auto damaged = [&] {
    const std::string message = tjGetErrorStr2(jpeg_);
    if (message.find("nsupported") != std::string::npos)
      refuse(name, "a kind of JPEG that is not read (" + message + "); save it as a common JPEG or as PNG");
    refuse(name, "a damaged JPEG file (" + message + "); replace it");
  };
  int width = 0;
  int height = 0;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(jpeg_, data, size, &width, &height, &sampling, &colours) != 0) damaged();
  if (width < 1 || height < 1) refuse(name, "a damaged JPEG file (no image in it); replace it");
  // What they look like depends on the printer's profile: a conversion without it would be a guess.
  if (colours == TJCS_CMYK || colours == TJCS_YCCK)
    refuse(name, "a JPEG of CMYK colours, as for printing; convert it to RGB");
  prepare(image, width, height, name);
  const auto decompress = [&](int more_flags) {
    // A progressive file may repeat scans without end; limited, it fails instead.
    constexpr int kFlags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
    return tjDecompress2(jpeg_, data, size, image.rgb.data(), width, 0, height, TJPF_RGB,
                         kFlags | more_flags);
  };
  if (decompress(TJFLAG_STOPONWARNING) == 0) return;
  // Some cameras pad what lies between the last pixel and the end. It is the first warning, so the pixels are
  // whole.
  constexpr const char* kPadded = "extraneous bytes before marker 0xd9";
  const auto padded = [&] {
    return tjGetErrorCode(jpeg_) == TJERR_WARNING &&
           std::string_view(tjGetErrorStr2(jpeg_)).find(kPadded) != std::string_view::npos;
  };
  if (!padded()) damaged();
  if (decompress(0) != 0 && !padded()) damaged();
}

}  // namespace rraebench
