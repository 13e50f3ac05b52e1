#include "datasets/image_file.hpp"

#include "datasets/error.hpp"
#include "datasets/image_format.hpp"

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
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

/// A PNG file while it is read. libpng leaves by longjmp, past which no destructor runs: what stands between
/// `succeeds` and that, its callbacks and the two steps, has none to run.
struct PngFile {
  explicit PngFile(std::string_view bytes) : rest(bytes) {}
  ~PngFile() { png_destroy_read_struct(&png, &info, nullptr); }
  PngFile(const PngFile&) = delete;
  PngFile& operator=(const PngFile&) = delete;

  std::string_view rest;  // What is yet to be read.
  char fault[128] = "";
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::uint8_t* row = nullptr;  // Of width x kPngChannels.
  std::uint8_t* rgb = nullptr;
};

constexpr std::int64_t kPngChannels = 4;  // The most that a row has once it is expanded.
constexpr int kOpaque = 255;

void read_png_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto& file = *static_cast<PngFile*>(png_get_io_ptr(png));
  if (count > file.rest.size()) png_error(png, "it ends too early");
  std::memcpy(out, file.rest.data(), count);
  file.rest.remove_prefix(count);
}

[[noreturn]] void give_up_png(png_structp png, png_const_charp fault) {
  auto& file = *static_cast<PngFile*>(png_get_error_ptr(png));
  std::snprintf(file.fault, sizeof file.fault, "%s", fault);
  png_longjmp(png, 1);
}

/// libpng warns of what it sets aside (a damaged comment) and decodes the pixels. Damage to those is an
/// error, but for a wrong checksum over them.
void hear_png_warning(png_structp png, png_const_charp warning) {
  if (std::strstr(warning, "incorrect data check") != nullptr) give_up_png(png, warning);
}

bool succeeds(PngFile& file, void (*step)(PngFile&)) {
  if (setjmp(png_jmpbuf(file.png)) != 0) return false;
  step(file);
  return true;
}

void read_png_header(PngFile& file) {
  // Gamma, profiles and comments: pixels are taken as they are stored.
  png_set_keep_unknown_chunks(file.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_benign_errors(file.png, 1);
  png_read_info(file.png, file.info);
}

std::uint8_t on_black(int value, int alpha) {
  return static_cast<std::uint8_t>((value * alpha + kOpaque / 2) / kOpaque);
}

void read_png_pixels(PngFile& file) {
  png_set_expand(file.png);
  png_set_scale_16(file.png);
  png_set_gray_to_rgb(file.png);
  png_read_update_info(file.png, file.info);
  const std::int64_t width = png_get_image_width(file.png, file.info);
  const std::int64_t height = png_get_image_height(file.png, file.info);
  const std::int64_t channels = png_get_channels(file.png, file.info);
  if (static_cast<std::int64_t>(png_get_rowbytes(file.png, file.info)) != width * channels || channels < 3)
    png_error(file.png, "its pixels cannot be brought to 8 bits");
  // Row by row of each pass, so that nothing but the image itself is of its size.
  const bool interlaced = png_get_interlace_type(file.png, file.info) != PNG_INTERLACE_NONE;
  for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); ++pass) {
    const std::int64_t first_column = interlaced ? PNG_PASS_START_COL(pass) : 0;
    const std::int64_t next_column = interlaced ? PNG_PASS_COL_OFFSET(pass) : 1;
    const std::int64_t first_row = interlaced ? PNG_PASS_START_ROW(pass) : 0;
    const std::int64_t next_row = interlaced ? PNG_PASS_ROW_OFFSET(pass) : 1;
    if (first_column >= width) continue;  // Such a pass is not in the file.
    for (auto y = first_row; y < height; y += next_row) {
      png_read_row(file.png, file.row, nullptr);
      const std::uint8_t* from = file.row;
      for (auto x = first_column; x < width; x += next_column, from += channels) {
        const int alpha = channels == kPngChannels ? from[3] : kOpaque;
        std::uint8_t* to = file.rgb + (y * width + x) * 3;
        for (int colour = 0; colour < 3; ++colour) to[colour] = on_black(from[colour], alpha);
      }
    }
  }
}

void decode_png(std::string_view bytes, const std::string& name, Image& image) {
  PngFile file(bytes);
  file.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &file, give_up_png, hear_png_warning);
  if (file.png != nullptr) file.info = png_create_info_struct(file.png);
  if (file.info == nullptr) throw std::bad_alloc();
  png_set_read_fn(file.png, &file, read_png_bytes);
  const auto require = [&](void (*step)(PngFile&)) {
    if (!succeeds(file, step))
      refuse(name, "a damaged PNG file (" + std::string(file.fault) + "); replace it");
  };
  require(read_png_header);
  prepare(image, png_get_image_width(file.png, file.info), png_get_image_height(file.png, file.info), name);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(image.width * kPngChannels));
  file.row = row.data();
  file.rgb = image.rgb.data();
  require(read_png_pixels);
}

constexpr std::size_t kJfifRevision = 11;  // Of the major number, where JFIF's segment comes first.

/// Some cameras and editors write 0.00 or 5.01. libjpeg warns of all but 1, and no pixel depends on it.
bool has_odd_jfif_revision(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.size() > kJfifRevision && bytes.substr(2, 2) == "\xff\xe0"sv &&
         bytes.substr(6, 5) == "JFIF\0"sv && bytes[kJfifRevision] != 1;
}

/// Where the marker of a JPEG's end stands, which no segment holds (a thumbnail has one, too); npos: nowhere.
std::size_t end_of_jpeg(std::string_view bytes) {
  constexpr unsigned kEnd = 0xD9;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  std::size_t at = 2;  // Behind the marker of the start.
  while (at + 1 < bytes.size()) {
    const unsigned kind = byte(at) == 0xFF ? byte(at + 1) : 0;
    if (kind == kEnd) return at;
    const bool has_length = kind >= 0xC0 && kind != 0xFF && (kind < 0xD0 || kind > kEnd);
    at += has_length && at + 3 < bytes.size() ? 2 + std::size_t{byte(at + 2)} * 256 + byte(at + 3) : 1;
  }
  return std::string_view::npos;
}

/// Whether the `count` bytes before a JPEG's end that are no pixels are zeros, as some cameras pad. (0xFF is
/// padding by the standard: libjpeg passes over it and does not count it.) Others are pixels that damage has
/// made superfluous.
bool is_padded(std::string_view bytes, std::size_t count) {
  auto end = end_of_jpeg(bytes);
  if (end == std::string_view::npos) return false;
  while (bytes[end - 1] == '\xff') --end;
  const auto last_other = bytes.find_last_not_of('\0', end - 1);
  const bool stands_for_ff = bytes[last_other] == '\xff';  // With the zero behind it.
  return end - 1 - last_other >= count + (stands_for_ff ? 1 : 0);
}

/// Of libjpeg's "Corrupt JPEG data: 4 extraneous bytes before marker 0xd9"; 0 for other words.
std::size_t bytes_before_end(std::string_view warning) {
  constexpr std::string_view kWords = " extraneous bytes before marker 0xd9";
  const auto words = warning.find(kWords);
  if (words == std::string_view::npos) return 0;
  const auto number = warning.find_last_not_of("0123456789", words - 1) + 1;
  return std::strtoull(std::string(warning.substr(number, words - number)).c_str(), nullptr, 10);
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
  // It is the first warning, so the pixels are whole.
  const auto padded = [&] {
    if (tjGetErrorCode(jpeg_) != TJERR_WARNING) return false;
    const auto count = bytes_before_end(tjGetErrorStr2(jpeg_));
    return count > 0 && is_padded(bytes, count);
  };
  if (!padded()) damaged();
  if (decompress(0) != 0 && !padded()) damaged();
}

}  // namespace rraebench
