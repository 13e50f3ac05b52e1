#include "host/worker/measuring/picture.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::int64_t kGap = 2;           // Pixels between tiles.
constexpr std::int64_t kPanelWidth = 128;  // Of a curve's panel.
constexpr std::int64_t kPanelHeight = 80;
constexpr std::int64_t kSupersampling = 4;  // Lines are drawn this much larger and averaged down.

using Colour = std::array<float, 3>;
constexpr std::array<Colour, 3> kLayerColours = {Colour{0.62F, 0.62F, 0.66F}, Colour{0.13F, 0.40F, 0.83F},
                                                 Colour{0.83F, 0.33F, 0.10F}};

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
  if (png_image_write_to_memory(&image, picture.png.data(), &size, 0, bytes.data_ptr(), 0, nullptr) == 0)
    throw std::runtime_error(std::string("PNG: ") + image.message);
  picture.png.resize(size);
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

/// Coverage in [0, 1] of a polyline through `values` (T), H x W.
torch::Tensor draw_line(const torch::Tensor& values, double low, double high) {
  const auto width = kPanelWidth * kSupersampling;
  const auto height = kPanelHeight * kSupersampling;
  const auto margin = 4.0 * kSupersampling;
  const double thickness = 0.6 * kSupersampling;
  auto mask = torch::zeros({height, width});
  auto drawn = mask.accessor<float, 2>();
  const auto points = values.to(torch::kFloat64).contiguous();
  const auto* point = points.data_ptr<double>();
  const auto count = points.numel();
  const double span = high > low ? high - low : 1.0;
  const auto row_of = [&](double value) {
    const double place = (high - value) / span;
    return std::clamp(margin + place * (static_cast<double>(height) - 2 * margin), -1e6, 1e6);
  };
  const auto at_column = [&](double column) {
    const double place =
        std::clamp(column / static_cast<double>(width - 1), 0.0, 1.0) * static_cast<double>(count - 1);
    const auto index = std::min(static_cast<std::int64_t>(place), std::max<std::int64_t>(count - 2, 0));
    const double share = place - static_cast<double>(index);
    const double next = point[std::min(index + 1, count - 1)];
    return row_of(point[index] * (1 - share) + next * share);
  };
  for (std::int64_t column = 0; column < width; ++column) {
    const double before = at_column(static_cast<double>(column) - 0.5);
    const double after = at_column(static_cast<double>(column) + 0.5);
    const auto first = static_cast<std::int64_t>(std::floor(std::min(before, after) - thickness));
    const auto last = static_cast<std::int64_t>(std::ceil(std::max(before, after) + thickness));
    for (auto row = std::max<std::int64_t>(first, 0); row <= std::min(last, height - 1); ++row)
      drawn[row][column] = 1.0F;
  }
  return torch::avg_pool2d(mask.unsqueeze(0).unsqueeze(0), kSupersampling).squeeze(0).squeeze(0);
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
  return encode(image.permute({1, 2, 0})).png;
}

Picture draw_curves(const std::vector<torch::Tensor>& layers, std::int64_t columns) {
  const auto& reference = layers.front();
  auto tiles = torch::ones({reference.size(0), kPanelHeight, kPanelWidth, 3});
  for (std::int64_t n = 0; n < reference.size(0); ++n) {
    const double low = reference[n].min().item<double>();
    const double high = reference[n].max().item<double>();
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      const auto coverage = draw_line(layers[layer][n], low, high).unsqueeze(-1);
      const auto& colour = kLayerColours[std::min(layer, kLayerColours.size() - 1)];
      auto panel = tiles[n];
      panel.copy_(panel * (1 - coverage) + coverage * torch::tensor({colour[0], colour[1], colour[2]}));
    }
  }
  return encode(arrange(tiles, columns));
}

}  // namespace rraebench
