#include "patches.hpp"

#include "parts.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace rraebench::loops {
namespace {

/// Of a row of the kernel, as it lies on a row of the image for a column of the output.
struct Overlap {
  std::int64_t begin;  // Of the kernel's row in the image's; below zero where it begins before.
  std::int64_t first;  // Values of the kernel's row that lie within the image: from here
  std::int64_t last;   // to before here.
};

inline Overlap overlap(const Patches& sizes, std::int64_t column) {
  const auto left = column * sizes.stride - sizes.padding;
  return {left * sizes.channels, std::max<std::int64_t>(0, -left) * sizes.channels,
          std::min(sizes.kernel, sizes.width - left) * sizes.channels};
}

/// One sample.
inline void gather_part(const UpperHalf* image, UpperHalf* patches, const Patches& sizes) {
  const auto zero = [](UpperHalf* first, std::int64_t count) {
    std::memset(first, 0, static_cast<std::size_t>(count) * sizeof(UpperHalf));
  };
  const auto along = sizes.kernel * sizes.channels;
  for (std::int64_t row = 0; row < sizes.rows(); ++row)
    for (std::int64_t column = 0; column < sizes.columns(); ++column) {
      const auto [begin, first, last] = overlap(sizes, column);
      for (std::int64_t k = 0; k < sizes.kernel; ++k, patches += along) {
        const auto y = row * sizes.stride - sizes.padding + k;
        if (y < 0 || y >= sizes.height) {
          zero(patches, along);
          continue;
        }
        zero(patches, first);
        std::memcpy(patches + first, image + y * sizes.width * sizes.channels + begin + first,
                    static_cast<std::size_t>(last - first) * sizeof(UpperHalf));
        zero(patches + last, along - last);
      }
    }
}

inline void add_part(const UpperHalf* __restrict values, float* __restrict sums, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += widened(values[i]);
}

/// One row of the images. `bias` is repeated to the row.
inline void round_part(const float* __restrict sums, const float* __restrict bias, float lowest,
                       UpperHalf* __restrict image, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float value = sums[i] + bias[i];
    assign(image[i], value < lowest ? lowest : value);
  }
}

/// One sample, row by row. `sums` and `bias`: a row of the image.
inline void scatter_part(const UpperHalf* patches, const float* bias, float lowest, float* sums,
                         UpperHalf* image, const Patches& sizes) {
  const auto along = sizes.kernel * sizes.channels;
  const auto length = sizes.width * sizes.channels;
  for (std::int64_t y = 0; y < sizes.height; ++y) {
    std::fill(sums, sums + length, 0.0F);
    for (std::int64_t k = 0; k < sizes.kernel; ++k) {
      const auto from_top = y + sizes.padding - k;
      const auto row = from_top / sizes.stride;
      if (from_top < 0 || from_top % sizes.stride != 0 || row >= sizes.rows()) continue;
      for (std::int64_t column = 0; column < sizes.columns(); ++column) {
        const auto [begin, first, last] = overlap(sizes, column);
        const auto* values = patches + ((row * sizes.columns() + column) * sizes.kernel + k) * along;
        add_part(values + first, sums + begin + first, last - first);
      }
    }
    round_part(sums, bias, lowest, image + y * length, length);
  }
}

RRAEBENCH_WIDE void gather_wide(const UpperHalf* image, UpperHalf* patches, const Patches& sizes) {
  gather_part(image, patches, sizes);
}
RRAEBENCH_WIDE void scatter_wide(const UpperHalf* patches, const float* bias, float lowest, float* sums,
                                 UpperHalf* image, const Patches& sizes) {
  scatter_part(patches, bias, lowest, sums, image, sizes);
}

}  // namespace

void gather_patches(const UpperHalf* images, UpperHalf* patches, const Patches& sizes) {
  const auto of_image = sizes.height * sizes.width * sizes.channels;
  const auto of_patches = sizes.rows() * sizes.columns() * sizes.of_patch();
  for_each_part(sizes.samples, [&](std::int64_t sample) {
    gather_wide(images + sample * of_image, patches + sample * of_patches, sizes);
  });
}

void scatter_patches(const UpperHalf* patches, const float* bias, bool rectified, UpperHalf* images,
                     const Patches& sizes) {
  const auto length = sizes.width * sizes.channels;
  const auto of_image = sizes.height * length;
  const auto of_patches = sizes.rows() * sizes.columns() * sizes.of_patch();
  std::vector<float> repeated(static_cast<std::size_t>(length), 0.0F);
  if (bias != nullptr)
    for (std::int64_t i = 0; i < length; ++i) repeated[i] = bias[i % sizes.channels];
  const auto lowest = rectified ? 0.0F : -std::numeric_limits<float>::infinity();
  for_each_part(sizes.samples, [&](std::int64_t sample) {
    std::vector<float> sums(static_cast<std::size_t>(length));
    scatter_wide(patches + sample * of_patches, repeated.data(), lowest, sums.data(),
                 images + sample * of_image, sizes);
  });
}

}  // namespace rraebench::loops
