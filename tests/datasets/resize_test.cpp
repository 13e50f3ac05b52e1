#include "datasets/resize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

namespace rraebench {
namespace {

std::vector<std::uint8_t> resized(const std::vector<std::uint8_t>& rgb, int width_in, int height_in,
                                  int width_out, int height_out) {
  std::vector<std::uint8_t> planes(static_cast<std::size_t>(width_out) * height_out * 3);
  std::vector<std::uint8_t> scratch;
  BilinearResize(width_in, height_in, width_out, height_out).apply(rgb.data(), planes.data(), scratch);
  return planes;
}

std::vector<std::uint8_t> noise(int width, int height) {
  std::mt19937 generator(7);
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(width) * height * 3);
  for (auto& value : rgb) value = static_cast<std::uint8_t>(generator());
  return rgb;
}

double triangle_weight(int in, double centre, double support) {
  return std::max(0.0, 1.0 - std::abs((in + 0.5 - centre) / support));
}

/// The definition in double precision, in one pass without rounding between.
double plain(const std::vector<std::uint8_t>& rgb, int width_in, int height_in, int width_out, int height_out,
             int channel, int y, int x) {
  const double across = static_cast<double>(width_in) / width_out;
  const double down = static_cast<double>(height_in) / height_out;
  double sum = 0.0;
  double weights = 0.0;
  for (int i = 0; i < height_in; ++i)
    for (int j = 0; j < width_in; ++j) {
      const double weight = triangle_weight(i, (y + 0.5) * down, std::max(down, 1.0)) *
                            triangle_weight(j, (x + 0.5) * across, std::max(across, 1.0));
      sum += weight * rgb[static_cast<std::size_t>((i * width_in + j) * 3 + channel)];
      weights += weight;
    }
  return sum / weights;
}

TEST(BilinearResizeTest, IsThePlainFormulaWithinRounding) {
  const int cases[][4] = {{17, 21, 8, 9},  {9, 8, 16, 20}, {20, 20, 20, 7},
                          {20, 20, 7, 20}, {5, 30, 13, 4}, {3, 1, 1, 1}};
  for (const auto& [width_in, height_in, width_out, height_out] : cases) {
    const auto rgb = noise(width_in, height_in);
    const auto planes = resized(rgb, width_in, height_in, width_out, height_out);
    for (int channel = 0; channel < 3; ++channel)
      for (int y = 0; y < height_out; ++y)
        for (int x = 0; x < width_out; ++x)
          EXPECT_NEAR(planes[static_cast<std::size_t>((channel * height_out + y) * width_out + x)],
                      plain(rgb, width_in, height_in, width_out, height_out, channel, y, x), 1.01);
  }
}

TEST(BilinearResizeTest, TheSameSizeOnlySeparatesThePlanes) {
  EXPECT_EQ(resized({1, 2, 3, 4, 5, 6}, 2, 1, 2, 1), (std::vector<std::uint8_t>{1, 4, 2, 5, 3, 6}));
}

TEST(BilinearResizeTest, AConstantStaysTheSame) {
  for (const std::uint8_t value : {0, 127, 255}) {
    const auto planes = resized(std::vector<std::uint8_t>(178 * 218 * 3, value), 178, 218, 160, 160);
    EXPECT_TRUE(
        std::all_of(planes.begin(), planes.end(), [&](std::uint8_t found) { return found == value; }));
  }
}

TEST(BilinearResizeTest, ScratchMayComeFromAnotherSize) {
  std::vector<std::uint8_t> scratch;
  std::vector<std::uint8_t> planes(3 * 4 * 4);
  const auto large = noise(50, 60);
  BilinearResize(50, 60, 4, 4).apply(large.data(), planes.data(), scratch);
  const auto small = noise(6, 5);
  BilinearResize(6, 5, 4, 4).apply(small.data(), planes.data(), scratch);
  EXPECT_EQ(planes, resized(small, 6, 5, 4, 4));
}

TEST(BilinearResizeTest, ATallImageThatIsMadeWideTakesTheRowsOfOneRow) {
  constexpr int kTall = 50000;
  constexpr int kSide = 64;
  const auto rgb = noise(1, kTall);
  std::vector<std::uint8_t> planes(3 * kSide * kSide);
  std::vector<std::uint8_t> scratch;
  BilinearResize(1, kTall, kSide, kSide).apply(rgb.data(), planes.data(), scratch);
  EXPECT_LT(scratch.size(), std::size_t{kSide * 3 * (2 * kTall / kSide + 10)});
  for (const int y : {0, 31, 63})
    EXPECT_NEAR(planes[static_cast<std::size_t>(y * kSide + 5)],
                plain(rgb, 1, kTall, kSide, kSide, /*channel=*/0, y, 5), 1.01);
}

TEST(ToGreyTest, WeighsTheChannels) {
  const std::vector<std::uint8_t> planes = {255, 0, 0, 255, 10, 0, 255, 0, 255, 20, 0, 0, 255, 255, 30};
  std::vector<std::uint8_t> grey(5);
  to_grey(planes.data(), 5, grey.data());
  EXPECT_EQ(grey, (std::vector<std::uint8_t>{76, 150, 29, 255, 18}));
}

}  // namespace
}  // namespace rraebench
