#include "host/worker/measuring/picture.hpp"

#include <gtest/gtest.h>
#include <png.h>

namespace rraebench {
namespace {

struct Decoded {
  int width;
  int height;
  std::vector<unsigned char> rgb;
  int at(int row, int column, int channel) const {
    return rgb[static_cast<std::size_t>((row * width + column) * 3 + channel)];
  }
};

Decoded decode(const Picture& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&image, picture.png.data(), picture.png.size()), 0);
  image.format = PNG_FORMAT_RGB;
  std::vector<unsigned char> rgb(PNG_IMAGE_SIZE(image));
  EXPECT_NE(png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr), 0);
  return {static_cast<int>(image.width), static_cast<int>(image.height), std::move(rgb)};
}

TEST(TileImages, PlacesImagesInOrderWithGaps) {
  auto images = torch::zeros({3, 1, 4, 5});
  images[1].fill_(1.0);
  images[2].fill_(0.2);
  const auto picture = tile_images(images, 2);
  EXPECT_EQ(picture.width, 12);   // Two tiles of 5 and a gap of 2.
  EXPECT_EQ(picture.height, 10);  // Two rows of 4 and a gap of 2.
  const auto decoded = decode(picture);
  EXPECT_EQ(decoded.at(0, 0, 0), 0);
  EXPECT_EQ(decoded.at(0, 7, 1), 255);
  EXPECT_EQ(decoded.at(6, 0, 2), 51);
  EXPECT_EQ(decoded.at(0, 5, 0), 255);  // The gap.
}

TEST(TileImages, KeepsColoursAndClampsValues) {
  auto images = torch::zeros({1, 3, 2, 2});
  images[0][0].fill_(7.0);
  images[0][1].fill_(-3.0);
  images[0][2].fill_(0.4);
  const auto decoded = decode(tile_images(images, 4));
  EXPECT_EQ(decoded.at(1, 1, 0), 255);
  EXPECT_EQ(decoded.at(1, 1, 1), 0);
  EXPECT_EQ(decoded.at(1, 1, 2), 102);
  EXPECT_THROW(tile_images(torch::zeros({1, 2, 2, 2}), 1), std::invalid_argument);
}

TEST(DrawCurves, DrawsALineWhereTheCurveIs) {
  // A constant curve lies at the bottom of its panel, a step in the second panel at both ends.
  const auto curve = torch::cat({torch::zeros({1, 50}), torch::linspace(0, 1, 50).unsqueeze(0)});
  const auto decoded = decode(draw_curves({curve}, 2));
  EXPECT_EQ(decoded.width, 128 * 2 + 2);
  EXPECT_EQ(decoded.height, 80);
  EXPECT_EQ(decoded.at(5, 60, 0), 255);         // Above the constant: paper.
  EXPECT_LT(decoded.at(4, 130 + 127, 0), 250);  // The end of the ramp, at the top.
  EXPECT_LT(decoded.at(75, 130, 0), 250);       // Its start, at the bottom.
}

TEST(DrawCurves, SurvivesValuesFarOutOfRange) {
  const auto reference = torch::linspace(0, 1, 20).unsqueeze(0);
  EXPECT_NO_THROW(draw_curves({reference, reference * 1e30}, 1));
}

}  // namespace
}  // namespace rraebench
