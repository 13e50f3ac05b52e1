#pragma once
// Implements: pictures of samples for the report: images as PNG bytes, curves as numbers.

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

struct Picture {
  int width = 0;  // Pixels, or panels.
  int height = 0;
  std::string content;
};

/// Images N x C x H x W in [0, 1] (clamped; C = 1 or 3) as tiles, `columns` a row, in order.
Picture tile_images(const torch::Tensor& images, std::int64_t columns);

/// One image C x H x W in [0, 1] (clamped, rounded to 8 bits; C = 1 or 3) as PNG bytes, grey where C is 1.
std::string png_of(const torch::Tensor& image);

/// Curves for small panels, `columns` a row: panel n has row n of each layer (N x T each). JSON,
/// [layer][panel][point]; long rows are read at as many places as a panel can show.
Picture panels_of_curves(const std::vector<torch::Tensor>& layers, std::int64_t columns);

}  // namespace rraebench
