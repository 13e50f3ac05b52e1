#include "plugins/sdk/src/loops/patches.hpp"
#include "plugins/sdk/src/loops/rectification.hpp"
#include "plugins/sdk/src/loops/upper_half.hpp"
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

// Places that the kernel reaches past on each side, strides that leave pixels out, images of one pixel.
const std::vector<Patches> kPatches = {{2, 8, 8, 5, 3, 2, 1}, {3, 7, 9, 16, 3, 2, 1}, {1, 4, 5, 1, 4, 2, 1},
                                       {2, 6, 6, 3, 2, 3, 0}, {2, 1, 1, 7, 3, 2, 1},  {1, 5, 6, 33, 3, 1, 1}};

UpperHalf* halves(const torch::Tensor& values) {
  return reinterpret_cast<UpperHalf*>(values.data_ptr());
}

/// Rows of N x (C k k) x places, as LibTorch has them -> N places x (k k C).
torch::Tensor in_order(const torch::Tensor& unfolded, const Patches& sizes) {
  return unfolded.view({sizes.samples, sizes.channels, sizes.kernel, sizes.kernel, -1})
      .permute({0, 4, 2, 3, 1})
      .reshape({-1, sizes.of_patch()});
}

torch::Tensor unfold(const torch::Tensor& images, const Patches& sizes) {
  return torch::im2col(images, {sizes.kernel, sizes.kernel}, {1, 1}, {sizes.padding, sizes.padding},
                       {sizes.stride, sizes.stride});
}

TEST(Loops, GatherPatchesAsLibTorchUnfolds) {
  torch::manual_seed(4);
  for (const auto& sizes : kPatches) {
    const auto images =
        torch::randn({sizes.samples, sizes.channels, sizes.height, sizes.width}).to(torch::kBFloat16);
    const auto expected = in_order(unfold(images.to(torch::kFloat32), sizes), sizes);
    const auto patches = torch::full(expected.sizes(), 9, torch::kBFloat16);
    gather_patches(halves(images.permute({0, 2, 3, 1}).contiguous()), halves(patches), sizes);
    EXPECT_TRUE(patches.to(torch::kFloat32).equal(expected));
  }
}

TEST(Loops, ScatterPatchesAsTheTransposedOfGathering) {
  torch::manual_seed(5);
  for (const auto& sizes : kPatches) {
    auto images = torch::zeros({sizes.samples, sizes.channels, sizes.height, sizes.width}, torch::kFloat64)
                      .requires_grad_();
    const auto gathered = in_order(unfold(images, sizes), sizes);
    const auto patches = torch::randn(gathered.sizes()).to(torch::kBFloat16);
    const auto sums = torch::autograd::grad({gathered}, {images}, {patches.to(torch::kFloat64)})[0];
    const auto bias = torch::randn({sizes.channels});
    for (const bool rectified : {false, true}) {
      const auto output =
          torch::full({sizes.samples, sizes.height, sizes.width, sizes.channels}, 9, torch::kBFloat16);
      scatter_patches(halves(patches), bias.data_ptr<float>(), rectified, halves(output), sizes);
      auto expected = sums.permute({0, 2, 3, 1}) + bias;
      if (rectified) expected = expected.relu();
      // Rounded once, to eight bits.
      EXPECT_TRUE(torch::allclose(output.to(torch::kFloat64), expected, 1.0 / 256, 1e-5));
    }
    const auto without_bias =
        torch::full({sizes.samples, sizes.height, sizes.width, sizes.channels}, 9, torch::kBFloat16);
    scatter_patches(halves(patches), nullptr, false, halves(without_bias), sizes);
    EXPECT_TRUE(
        torch::allclose(without_bias.to(torch::kFloat64), sums.permute({0, 2, 3, 1}), 1.0 / 256, 1e-5));
  }
}

TEST(Loops, LetNanThrough) {
  float value = std::numeric_limits<float>::quiet_NaN();
  const float bias = 0.0F;
  add_bias_and_rectify(&value, &bias, 1, 1);
  EXPECT_TRUE(std::isnan(value));
  UpperHalf half{0x7fc0U};
  UpperHalf scattered{0};
  scatter_patches(&half, &bias, true, &scattered, {1, 1, 1, 1, 1, 1, 0});
  EXPECT_EQ(scattered.bits & 0x7fc0U, 0x7fc0U);
}

}  // namespace
}  // namespace rraebench::loops
