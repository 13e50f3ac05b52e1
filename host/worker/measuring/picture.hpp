#pragma once
// Implements: pictures of samples, as PNG bytes for the report.

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

struct Picture {
  int width = 0;
  int height = 0;
  std::string png;
};

/// Images N x C x H x W in [0, 1] (clamped; C = 1 or 3) as tiles, `columns` a row, in order.
Picture tile_images(const torch::Tensor& images, std::int64_t columns);

/// One image C x H x W in [0, 1] (clamped, rounded to 8 bits; C = 1 or 3) as PNG bytes, grey where C is 1.
std::string png_of(const torch::Tensor& image);

/// Curves as small panels, `columns` a row: panel n shows row n of each layer (N x T each), the first layer
/// in grey and the others in colour on top, all on the value range of the first layer's row.
Picture draw_curves(const std::vector<torch::Tensor>& layers, std::int64_t columns);

}  // namespace rraebench
