#include "datasets/image_format.hpp"

#include <algorithm>
#include <cctype>

namespace rraebench {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t at;  // Where in the file the bytes stand.
  std::string_view bytes;
  const char* what;
};

constexpr const char* kConvert = ", whatever its name says; convert it to PNG";

// Pictures of other formats that are found behind .jpg and .png.
constexpr Signature kOtherPictures[] = {
    {8, "WEBP"sv, "a WebP image"},
    {0, "GIF8"sv, "a GIF image"},
    {4, "ftypavi"sv, "an AVIF image"},
    {4, "ftyphei"sv, "a HEIC image"},
    {4, "ftyphev"sv, "a HEIC image"},
    {4, "ftypmif1"sv, "a HEIF image"},
    {4, "ftypmsf1"sv, "a HEIF image"},
    {0, "BM"sv, "a BMP image"},
    {0, "II*\0"sv, "a TIFF image"},
    {0, "MM\0*"sv, "a TIFF image"},
    {0, "\0\0\0\x0CjP  "sv, "a JPEG 2000 image"},
    {0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 image"},
    {0, "\0\0\0\x0CJXL "sv, "a JPEG XL image"},
    {0, "\xFF\x0A"sv, "a JPEG XL image"},
    {0, "8BPS"sv, "a Photoshop document"},
    {0, "qoif"sv, "a QOI image"},
    {0, "v/1\x01"sv, "an OpenEXR image"},
};

// What downloads and repositories leave in a picture's place.
constexpr Signature kNoPictures[] = {
    {0, "version https://git-lfs"sv, "a Git LFS pointer and not the image; fetch it with: git lfs pull"},
    {0, "<"sv, "a page of text (HTML, XML or SVG) and no JPEG or PNG image; download it again"},
};

constexpr std::string_view kOtherEndings[] = {
    ".webp", ".gif", ".bmp", ".tif",  ".tiff", ".heic", ".heif", ".avif", ".jp2", ".jxl",
    ".jfif", ".jpe", ".ppm", ".pgm",  ".pnm",  ".tga",  ".exr",  ".hdr",  ".dds", ".svg",
    ".psd",  ".ico", ".qoi", ".apng", ".dng",  ".cr2",  ".nef",  ".arw",  ".raw",
};

bool matches(std::string_view bytes, const Signature& signature) {
  return bytes.size() >= signature.at &&
         bytes.substr(signature.at, signature.bytes.size()) == signature.bytes;
}

std::string lower_ending(const std::filesystem::path& path) {
  auto ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

}  // namespace

bool is_jpeg(std::string_view bytes) {
  return bytes.substr(0, 3) == "\xFF\xD8\xFF"sv;
}

bool is_png(std::string_view bytes) {
  return bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n"sv;
}

std::string what_it_is(std::string_view bytes) {
  if (bytes.empty()) return "an empty file, expected a JPEG or PNG image; replace it";
  for (const auto& picture : kOtherPictures)
    if (matches(bytes, picture)) return std::string(picture.what) + kConvert;
  for (const auto& other : kNoPictures)
    if (matches(bytes, other)) return other.what;
  return "neither a JPEG nor a PNG image: its first bytes are those of neither; replace it";
}

bool has_image_name(const std::filesystem::path& path) {
  const auto ending = lower_ending(path);
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

std::string other_picture_ending(const std::filesystem::path& path) {
  const auto ending = lower_ending(path);
  const auto* const found = std::find(std::begin(kOtherEndings), std::end(kOtherEndings), ending);
  return found == std::end(kOtherEndings) ? "" : ending;
}

}  // namespace rraebench
