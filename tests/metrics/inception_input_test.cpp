#include "metrics/extractors/inception_input.hpp"

#include "tests/metrics/tensors.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing

TEST(ResizeAsTensorflow1, HandComputed) {  // The half-pixel rule would give 0, 2.5, 7.5, 10.
  const auto row = vector64({0, 10}).view({1, 1, 1, 2});
  EXPECT_LT(largest_difference(resize_as_tensorflow1(row, 1, 4).flatten(), vector64({0, 5, 10, 10})), 1e-6);
  EXPECT_LT(largest_difference(resize_as_tensorflow1(row.transpose(2, 3), 4, 1).flatten(),
                               vector64({0, 5, 10, 10})),
            1e-6);
}

TEST(ResizeAsTensorflow1, IsTheRulePixelByPixel) {
  const auto image = torch::rand({1, 1, 5, 7}, seeded_generator(1)) * 255.0;
  const auto resized = resize_as_tensorflow1(image, 12, 3);  // Larger one way, smaller the other.
  for (std::int64_t i = 0; i < 12; ++i)
    for (std::int64_t j = 0; j < 3; ++j) {
      const double y = static_cast<double>(i) * 5 / 12;
      const double x = static_cast<double>(j) * 7 / 3;
      const auto pixel = [&](double r, double c) {
        return image[0][0][std::min<std::int64_t>(static_cast<std::int64_t>(r), 4)]
                    [std::min<std::int64_t>(static_cast<std::int64_t>(c), 6)]
                        .item<double>();
      };
      const double v = y - std::floor(y);
      const double u = x - std::floor(x);
      const double expected = (1 - v) * ((1 - u) * pixel(y, x) + u * pixel(y, x + 1)) +
                              v * ((1 - u) * pixel(y + 1, x) + u * pixel(y + 1, x + 1));
      EXPECT_NEAR(resized[0][0][i][j].item<double>(), expected, 1e-3) << i << ", " << j;
    }
}

TEST(InceptionInput, ScalesBytes) {
  const auto bytes = torch::tensor({0, 128, 255}, torch::kUInt8).view({3, 1, 1, 1}).expand({3, 3, 2, 2});
  const auto input = inception_input(bytes);
  ASSERT_EQ(input.sizes(), at::IntArrayRef({3, 3, 299, 299}));
  EXPECT_EQ(input.scalar_type(), torch::kFloat32);
  EXPECT_LT(largest_difference(input.amax({1, 2, 3}), vector64({-1, 0, 127.0 / 128})), 1e-6);
  EXPECT_LT(largest_difference(input.amin({1, 2, 3}), vector64({-1, 0, 127.0 / 128})), 1e-6);
}

}  // namespace
}  // namespace rraebench
