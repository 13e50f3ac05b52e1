#include "datasets/resize.hpp"

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

constexpr int kFractionBits = 22;
constexpr std::int32_t kHalf = 1 << (kFractionBits - 1);
constexpr std::int64_t kChannels = 3;

std::uint8_t to_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

/// Halves go up, as in Pillow.
std::int64_t nearest(double value) {
  return static_cast<std::int64_t>(std::floor(value + 0.5));
}

}  // namespace

BilinearResize::BilinearResize(std::int64_t width_in, std::int64_t height_in, std::int64_t width_out,
                               std::int64_t height_out)
    : width_in_(width_in),
      height_in_(height_in),
      width_out_(width_out),
      height_out_(height_out),
      across_(make_weights(width_in, width_out)),
      down_(make_weights(height_in, height_out)) {}

BilinearResize::Weights BilinearResize::make_weights(std::int64_t in, std::int64_t out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double support = std::max(scale, 1.0);  // Half the triangle's base.
  Weights weights;
  weights.stride = static_cast<std::int64_t>(std::ceil(support)) * 2 + 1;
  weights.fixed_point.assign(static_cast<std::size_t>(weights.stride * out), 0);
  std::vector<double> exact;
  for (std::int64_t o = 0; o < out; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(nearest(centre - support), 0);
    const auto last = std::min(nearest(centre + support), in);
    exact.clear();
    double sum = 0.0;
    for (auto i = first; i < last; ++i) {
      const double distance = std::abs((static_cast<double>(i) - centre + 0.5) / support);
      exact.push_back(distance < 1.0 ? 1.0 - distance : 0.0);
      sum += exact.back();
    }
    for (std::size_t i = 0; i < exact.size(); ++i)
      weights.fixed_point[static_cast<std::size_t>(o * weights.stride) + i] =
          static_cast<std::int32_t>(nearest(exact[i] / sum * (1 << kFractionBits)));
    weights.first.push_back(first);
    weights.count.push_back(last - first);
  }
  return weights;
}

void BilinearResize::narrow(const std::uint8_t* in, std::uint8_t* out) const {
  for (std::int64_t x = 0; x < width_out_; ++x) {
    const std::uint8_t* pixel = in + across_.first[static_cast<std::size_t>(x)] * kChannels;
    const std::int32_t* weight = across_.fixed_point.data() + x * across_.stride;
    std::int32_t red = kHalf;
    std::int32_t green = kHalf;
    std::int32_t blue = kHalf;
    for (std::int64_t i = 0; i < across_.count[static_cast<std::size_t>(x)]; ++i) {
      red += pixel[3 * i] * weight[i];
      green += pixel[3 * i + 1] * weight[i];
      blue += pixel[3 * i + 2] * weight[i];
    }
    out[3 * x] = to_byte(red);
    out[3 * x + 1] = to_byte(green);
    out[3 * x + 2] = to_byte(blue);
  }
}

void BilinearResize::apply(const std::uint8_t* rgb, std::uint8_t* planes,
                           std::vector<std::uint8_t>& scratch) const {
  const auto row_out = width_out_ * kChannels;
  // Of a tall image that is made wide, all rows would take far more than the image: those of one output row
  // are kept, each in its place of a ring.
  const auto ring = std::min(down_.stride, height_in_);
  scratch.resize(static_cast<std::size_t>(row_out * (ring + 1)));
  std::int64_t rows_done = 0;
  const auto row = [&](std::int64_t y) -> const std::uint8_t* {
    if (width_in_ == width_out_) return rgb + y * row_out;  // Pillow leaves the rows alone.
    for (; rows_done <= y; ++rows_done)
      narrow(rgb + rows_done * width_in_ * kChannels, scratch.data() + rows_done % ring * row_out);
    return scratch.data() + y % ring * row_out;
  };

  const auto plane = width_out_ * height_out_;
  std::uint8_t* const line_buffer = scratch.data() + row_out * ring;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(row_out));
  for (std::int64_t y = 0; y < height_out_; ++y) {
    const std::uint8_t* line = line_buffer;
    if (height_in_ == height_out_) {
      line = row(y);
    } else {
      const auto first = down_.first[static_cast<std::size_t>(y)];
      std::fill(sums.begin(), sums.end(), kHalf);
      for (std::int64_t i = 0; i < down_.count[static_cast<std::size_t>(y)]; ++i) {
        const std::int32_t weight = down_.fixed_point[static_cast<std::size_t>(y * down_.stride + i)];
        const std::uint8_t* in = row(first + i);
        for (std::int64_t x = 0; x < row_out; ++x) sums[static_cast<std::size_t>(x)] += in[x] * weight;
      }
      for (std::int64_t x = 0; x < row_out; ++x) line_buffer[x] = to_byte(sums[static_cast<std::size_t>(x)]);
    }
    std::uint8_t* out = planes + y * width_out_;
    for (std::int64_t x = 0; x < width_out_; ++x) {
      out[x] = line[3 * x];
      out[x + plane] = line[3 * x + 1];
      out[x + 2 * plane] = line[3 * x + 2];
    }
  }
}

void to_grey(const std::uint8_t* planes, std::int64_t pixels, std::uint8_t* grey) {
  for (std::int64_t i = 0; i < pixels; ++i)
    grey[i] = static_cast<std::uint8_t>(
        (planes[i] * 19595 + planes[pixels + i] * 38470 + planes[2 * pixels + i] * 7471 + 0x8000) >> 16);
}

}  // namespace rraebench
