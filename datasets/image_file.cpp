#include "datasets/image_file.hpp"

#include "datasets/error.hpp"

#include <png.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <new>
#include <turbojpeg.h>

namespace rraebench {
namespace {

constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kJpegMagic = "\xFF\xD8\xFF";

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
  const auto require = [&](int succeeded) {
    if (succeeded != 0 && png.warning_or_error == 0) return;
    const std::string message = png.message;
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

}  // namespace

ImageDecoder::ImageDecoder() : jpeg_(tjInitDecompress()) {
  if (jpeg_ == nullptr) throw std::bad_alloc();
}

ImageDecoder::~ImageDecoder() {
  tjDestroy(jpeg_);
}

void ImageDecoder::decode(std::string_view bytes, const std::string& name, Image& image) {
  if (bytes.substr(0, kPngMagic.size()) == kPngMagic) return decode_png(bytes, name, image);
  if (bytes.substr(0, kJpegMagic.size()) == kJpegMagic) return decode_jpeg(bytes, name, image);
  refuse(name, bytes.empty() ? "an empty file, expected a JPEG or PNG image"
                             : "neither a JPEG nor a PNG image: its first bytes are those of neither");
}

void ImageDecoder::decode_jpeg(std::string_view bytes, const std::string& name, Image& image) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<unsigned long>(bytes.size());
  const auto damaged = [&] {
    refuse(name, std::string("a damaged JPEG file (") + tjGetErrorStr2(jpeg_) + "); replace it");
  };
  int width = 0;
  int height = 0;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(jpeg_, data, size, &width, &height, &sampling, &colours) != 0) damaged();
  if (width < 1 || height < 1) refuse(name, "a damaged JPEG file (no image in it); replace it");
  prepare(image, width, height, name);
  // A progressive file may repeat scans without end; limited, it fails instead.
  constexpr int kFlags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
  if (tjDecompress2(jpeg_, data, size, image.rgb.data(), width, 0, height, TJPF_RGB, kFlags) != 0) damaged();
}

bool has_image_name(const std::filesystem::path& path) {
  auto extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

}  // namespace rraebench
