#include "host/worker/measuring/picture.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::int64_t kGap = 2;              // Pixels between tiles.
constexpr std::int64_t kPicturePoints = 128;  // A panel of the report is as many pixels wide.

/// pixels: H x W x 3 in [0, 1], or H x W x 1, grey.
Picture encode(const torch::Tensor& pixels) {
  const auto bytes = (pixels.clamp(0, 1) * 255.0).round().to(torch::kUInt8).contiguous();
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(bytes.size(1));
  image.height = static_cast<png_uint_32>(bytes.size(0));
  image.format = bytes.size(2) == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, bytes.data_ptr(), 0, nullptr) == 0)
    throw std::runtime_error(std::string("PNG: ") + image.message);
  Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), std::string(size, '\0')};
  if (png_image_write_to_memory(&image, picture.content.data(), &size, 0, bytes.data_ptr(), 0, nullptr) == 0)
    throw std::runtime_error(std::string("PNG: ") + image.message);
  picture.content.resize(size);
  return picture;
}

/// N x H x W x 3 -> one canvas with gaps of white.
torch::Tensor arrange(const torch::Tensor& tiles, std::int64_t columns) {
  const auto count = tiles.size(0);
  const auto height = tiles.size(1);
  const auto width = tiles.size(2);
  columns = std::min(columns, count);
  const auto rows = (count + columns - 1) / columns;
  auto canvas = torch::ones({rows * (height + kGap) - kGap, columns * (width + kGap) - kGap, 3});
  for (std::int64_t n = 0; n < count; ++n) {
    const auto top = n / columns * (height + kGap);
    const auto left = n % columns * (width + kGap);
    canvas.slice(0, top, top + height).slice(1, left, left + width).copy_(tiles[n]);
  }
  return canvas;
}

std::string in_five_digits(double value) {
  constexpr int kDigits = 5;
  std::array<char, 16> text{};  // "-1.2346e-308"
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, kDigits).ptr;
  return {text.data(), end};
}

/// At most kPicturePoints of a row (T), the ends among them, five digits each; null where it is not a number.
std::string json_of(const torch::Tensor& row) {
  const auto values = row.to(torch::kCPU, torch::kFloat64).contiguous();
  const auto* value = values.data_ptr<double>();
  const auto count = values.numel();
  const auto points = std::min(count, kPicturePoints);
  std::string json = "[";
  for (std::int64_t point = 0; point < points; ++point) {
    const double place = points > 1 ? static_cast<double>(point) * static_cast<double>(count - 1) /
                                          static_cast<double>(points - 1)
                                    : 0.0;
    const auto index = std::min(static_cast<std::int64_t>(place), count - 1);
    const double share = place - static_cast<double>(index);
    const double read = share == 0.0
                            ? value[index]
                            : value[index] * (1 - share) + value[std::min(index + 1, count - 1)] * share;
    json += point > 0 ? "," : "";
    json += std::isfinite(read) ? in_five_digits(read) : "null";
  }
  return json + "]";
}

}  // namespace

Picture tile_images(const torch::Tensor& images, std::int64_t columns) {
  auto tiles = images.to(torch::kCPU, torch::kFloat32);
  if (tiles.size(1) == 1) tiles = tiles.expand({-1, 3, -1, -1});
  if (tiles.size(1) != 3) throw std::invalid_argument("tile_images: images of 1 or 3 channels only");
  return encode(arrange(tiles.permute({0, 2, 3, 1}), columns));
}

std::string png_of(const torch::Tensor& image) {
  if (image.dim() != 3 || (image.size(0) != 1 && image.size(0) != 3))
    throw std::invalid_argument("png_of: an image of 1 or 3 channels only");
  return encode(image.permute({1, 2, 0})).content;
}

Picture panels_of_curves(const std::vector<torch::Tensor>& layers, std::int64_t columns) {
  const auto panels = layers.front().size(0);
  columns = std::min(columns, panels);
  Picture picture{static_cast<int>(columns), static_cast<int>((panels + columns - 1) / columns), "["};
  for (const auto& layer : layers) {
    picture.content += picture.content.size() > 1 ? ",[" : "[";
    for (std::int64_t panel = 0; panel < panels; ++panel) {
      if (panel > 0) picture.content += ",";
      picture.content += json_of(layer[panel]);
    }
    picture.content += "]";
  }
  picture.content += "]";
  return picture;
}

}  // namespace rraebench
