#include "plugins/sdk/src/loops.hpp"

#include "rraebench/torch.hpp"

#include <gtest/gtest.h>

namespace rraebench::loops {
namespace {

// Rows that fill blocks and parts exactly, that leave a rest, and that are fewer than a block.
const std::vector<std::pair<std::int64_t, std::int64_t>> kShapes = {
    {1, 1}, {3, 5}, {4096, 8}, {5003, 8}, {1000, 72}, {20000, 3}, {300, 256}};

template <typename Value>
void expect_rectified(const std::pair<std::int64_t, std::int64_t>& shape) {
  const auto type = torch::CppTypeToScalarType<Value>::value;
  const auto [rows, channels] = shape;
  torch::manual_seed(1);
  const auto values = torch::randn({rows, channels}, type);
  const auto bias = torch::randn({channels}, type);
  auto output = values.clone();
  add_bias_and_rectify(output.template data_ptr<Value>(), bias.template data_ptr<Value>(), rows, channels);
  EXPECT_TRUE(output.equal((values + bias).relu()));

  const auto upstream = torch::randn({rows, channels}, type);
  auto masked = torch::empty_like(upstream);
  auto sums = torch::empty({channels}, type);
  rectified_gradient(upstream.template data_ptr<Value>(), output.template data_ptr<Value>(),
                     masked.template data_ptr<Value>(), sums.template data_ptr<Value>(), rows, channels);
  EXPECT_TRUE(masked.equal(upstream * (output > 0)));
  EXPECT_TRUE(torch::allclose(sums.to(torch::kFloat64), masked.to(torch::kFloat64).sum(0), 1e-5, 1e-3));
}

TEST(Loops, RectifyAsTensorsDo) {
  for (const auto& shape : kShapes) {
    SCOPED_TRACE(std::to_string(shape.first) + " x " + std::to_string(shape.second));
    expect_rectified<float>(shape);
    expect_rectified<double>(shape);
  }
}

TEST(Loops, RectifyTheUpperHalvesOfFloats) {
  torch::manual_seed(2);
  const auto values = torch::randn({777, 8}).to(torch::kBFloat16);
  const auto bias = torch::randn({8});
  auto output = values.clone();
  add_bias_and_rectify(reinterpret_cast<UpperHalf*>(output.data_ptr()), bias.data_ptr<float>(), 777, 8);
  EXPECT_TRUE(output.equal((values.to(torch::kFloat32) + bias).relu().to(torch::kBFloat16)));
}

TEST(Loops, SumAlikeOnAnyNumberOfThreads) {
  torch::manual_seed(3);
  const auto upstream = torch::randn({50000, 8});
  const auto output = torch::randn({50000, 8});
  const auto before = at::get_num_threads();
  std::vector<torch::Tensor> sums;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    auto masked = torch::empty_like(upstream);
    sums.push_back(torch::empty({8}));
    rectified_gradient(upstream.data_ptr<float>(), output.data_ptr<float>(), masked.data_ptr<float>(),
                       sums.back().data_ptr<float>(), 50000, 8);
  }
  at::set_num_threads(before);
  EXPECT_TRUE(sums[0].equal(sums[1]));
  EXPECT_TRUE(sums[0].equal(sums[2]));
}

TEST(Loops, LetNanThrough) {
  float value = std::numeric_limits<float>::quiet_NaN();
  const float bias = 0.0F;
  add_bias_and_rectify(&value, &bias, 1, 1);
  EXPECT_TRUE(std::isnan(value));
}

}  // namespace
}  // namespace rraebench::loops
