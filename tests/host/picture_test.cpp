#include "host/worker/measuring/picture.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <png.h>

#include <cmath>
#include <limits>

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
  EXPECT_NE(png_image_begin_read_from_memory(&image, picture.content.data(), picture.content.size()), 0);
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

TEST(PanelsOfCurves, KeepsShortRowsAsTheyAre) {
  const auto curves = torch::tensor({{0.0, 0.5, -1.25}, {1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  const auto picture = panels_of_curves({curves, curves * 2}, 2);
  EXPECT_EQ(picture.width, 2);
  EXPECT_EQ(picture.height, 2);
  EXPECT_EQ(picture.content, "[[[0,0.5,-1.25],[1,2,3],[4,5,6]],[[0,1,-2.5],[2,4,6],[8,10,12]]]");
}

TEST(PanelsOfCurves, ReadsLongRowsAtPlacesOfEqualDistance) {
  const auto row = torch::linspace(0, 1, 4097, torch::kFloat64).unsqueeze(0);
  const auto panel = nlohmann::json::parse(panels_of_curves({row}, 1).content)[0][0];
  ASSERT_EQ(panel.size(), 128U);
  for (std::size_t i = 0; i < panel.size(); ++i)
    EXPECT_NEAR(panel[i].get<double>(), static_cast<double>(i) / 127.0, 1e-5);
}

TEST(PanelsOfCurves, WritesWhatIsNoNumberAsNull) {
  const auto row = torch::tensor({1.0, std::nan(""), std::numeric_limits<double>::infinity(), 1e30});
  EXPECT_EQ(panels_of_curves({row.unsqueeze(0)}, 1).content, "[[[1,null,null,1e+30]]]");
  EXPECT_EQ(panels_of_curves({torch::ones({1, 1})}, 5).content, "[[[1]]]");
}

}  // namespace
}  // namespace rraebench
