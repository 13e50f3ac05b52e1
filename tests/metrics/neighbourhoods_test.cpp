#include "metrics/neighbourhoods.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

/// The definition by whole matrices of distances, each from differences.
Neighbourhoods reference(const torch::Tensor& real, const torch::Tensor& fake, std::int64_t k) {
  const auto distances = [](const torch::Tensor& a, const torch::Tensor& b) {
    return (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(2);
  };
  const auto radii = [&](const torch::Tensor& a) {  // Itself at 0 comes first.
    return std::get<0>(distances(a, a).sort(1)).select(1, k);
  };
  const auto cross = distances(real, fake);
  const auto in_real = cross < radii(real).unsqueeze(1);
  const auto in_fake = cross < radii(fake).unsqueeze(0);
  return {in_real.any(0).to(torch::kFloat64), in_real.sum(0) / static_cast<double>(k),
          in_fake.any(1).to(torch::kFloat64), in_real.any(1).to(torch::kFloat64)};
}

void expect_equal(const Neighbourhoods& found, const Neighbourhoods& expected) {
  EXPECT_TRUE(torch::equal(found.generated_within, expected.generated_within));
  EXPECT_TRUE(torch::allclose(found.generated_density, expected.generated_density.to(torch::kFloat64)));
  EXPECT_TRUE(torch::equal(found.real_within, expected.real_within));
  EXPECT_TRUE(torch::equal(found.real_covered, expected.real_covered));
}

TEST(Neighbourhoods, HandComputed) {
  const auto found =
      find_neighbourhoods(matrix64({{0}, {1}, {2}, {3}}), matrix64({{0.5}, {1.5}, {10}, {11}}), 1);
  EXPECT_DOUBLE_EQ(found.precision(), 0.5);
  EXPECT_DOUBLE_EQ(found.recall(), 0.75);
  EXPECT_DOUBLE_EQ(found.density(), 1.0);
  EXPECT_DOUBLE_EQ(found.coverage(), 0.75);
}

TEST(Neighbourhoods, TheBallDecidesTies) {
  const auto real = matrix64({{0}, {1}, {2}, {3}});
  const auto fake = matrix64({{4}, {100}});
  EXPECT_DOUBLE_EQ(find_neighbourhoods(real, fake, 1, Ball::kOpen).precision(), 0.0);
  EXPECT_DOUBLE_EQ(find_neighbourhoods(real, fake, 1, Ball::kClosed).precision(), 0.5);
}

TEST(Neighbourhoods, TiesAreSeenThroughRounding) {
  // As above in 40 dimensions and far from the origin, where a matrix product cannot tell.
  const auto direction = torch::full({1, 40}, 0.1, torch::kFloat64);
  const auto place = [&](const torch::Tensor& line) { return torch::mm(line, direction) + 1000.0; };
  const auto real = place(matrix64({{0}, {1}, {2}, {3}, {3}}));
  const auto fake = torch::cat({real.slice(0, 0, 2), place(matrix64({{100}}))});
  // The ball of 3 has radius 0 and holds nothing; those of 0, 1 and 2 touch their neighbours.
  EXPECT_NEAR(find_neighbourhoods(real, fake, 1, Ball::kOpen).density(), 2.0 / 3.0, 1e-12);
  EXPECT_GE(find_neighbourhoods(real, fake, 1, Ball::kClosed).density(), 4.0 / 3.0);
}

TEST(Neighbourhoods, SameSets) {
  const auto x = normal64(50, 3, 1);
  const auto found = find_neighbourhoods(x, x, 3);
  EXPECT_EQ(found.precision(), 1.0);
  EXPECT_EQ(found.recall(), 1.0);
  EXPECT_EQ(found.coverage(), 1.0);
  EXPECT_NEAR(found.density(), 1.0, 0.2);
}

TEST(Neighbourhoods, AreTheDefinition) {
  const auto real = normal64(90, 5, 2);
  const auto fake = normal64(70, 5, 3) * 1.3 + 0.2;
  for (const std::int64_t k : {1, 3, 5, 20}) {
    SCOPED_TRACE(k);
    expect_equal(find_neighbourhoods(real, fake, k), reference(real, fake, k));
  }
}

TEST(Neighbourhoods, AreTheDefinitionInBlocks) {  // 2300 and 1100 rows: three blocks and two.
  const auto real = normal64(2300, 3, 4) + 7.0;
  const auto fake = normal64(1100, 3, 5) * 1.2 + 7.0;
  expect_equal(find_neighbourhoods(real, fake, 5), reference(real, fake, 5));
}

TEST(Neighbourhoods, AreTheSameFarFromTheOrigin) {
  const auto exact = [](const torch::Tensor& values) { return (values * 1024.0).round() / 1024.0; };
  const auto real = exact(normal64(90, 5, 6));
  const auto fake = exact(normal64(70, 5, 7) * 1.3 + 0.2);
  const auto near = find_neighbourhoods(real, fake, 5);
  for (const double offset : {1e7, 1e8}) {
    SCOPED_TRACE(offset);
    expect_equal(find_neighbourhoods(real + offset, fake + offset, 5), near);
  }
}

TEST(Neighbourhoods, AreTheSameInEveryUnit) {  // Also where single precision cannot hold the products.
  const auto real = normal64(90, 5, 8);
  const auto fake = normal64(70, 5, 9) * 1.3 + 0.2;
  const auto plain = find_neighbourhoods(real, fake, 5);
  for (const double unit : {0x1p-140, 0x1p-70, 0x1p70, 0x1p127}) {
    SCOPED_TRACE(unit);
    expect_equal(find_neighbourhoods(real * unit, fake * unit, 5), plain);
  }
}

TEST(Neighbourhoods, OfLargeValuesThatLieApartHoldNothing) {
  const auto real = (normal64(90, 5, 10) * 1e37 + 2e38).to(torch::kFloat32);
  const auto fake = (normal64(70, 5, 11) * 1e37 - 2e38).to(torch::kFloat32);
  const auto found = find_neighbourhoods(real, fake, 5);
  EXPECT_EQ(found.precision(), 0.0);
  EXPECT_EQ(found.recall(), 0.0);
  EXPECT_EQ(found.density(), 0.0);
  EXPECT_EQ(found.coverage(), 0.0);
}

TEST(Neighbourhoods, RefuseWhatTheyCannotMeasure) {
  const auto three = torch::zeros({3, 2});
  EXPECT_THAT(complaint([&] {
                find_neighbourhoods(three, torch::zeros({3, 4}));
              }),
              HasSubstr("2 features against 4"));
  EXPECT_THAT(complaint([&] { find_neighbourhoods(three, three, 3); }), HasSubstr("3 neighbours among 3"));
  EXPECT_THAT(complaint([&] { find_neighbourhoods(three, three, 0); }), HasSubstr("0 neighbours"));
  EXPECT_THAT(complaint([&] {
                find_neighbourhoods(three, torch::full({3, 2}, kInfinity), 1);
              }),
              HasSubstr("infinite"));
}

TEST(Neighbourhoods, CountsThoseThatArePoints) {
  const auto real = matrix64({{0}, {0}, {0}, {1}, {2}});
  const auto same = torch::zeros({4, 1});
  auto found = find_neighbourhoods(real, same, 2);
  EXPECT_EQ(found.real_points, 3);
  EXPECT_EQ(found.generated_points, 4);
  EXPECT_DOUBLE_EQ(found.recall(), 0.0);
  found = find_neighbourhoods(real, same, 3);
  EXPECT_EQ(found.real_points, 0);
}

}  // namespace
}  // namespace rraebench
