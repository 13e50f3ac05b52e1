#include "metrics/extractors/torchscript.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

torch::jit::Module module_of(const std::string& source) {
  torch::jit::Module module("m");
  module.define(source);
  return module;
}

const char* const kChannelMeans = R"(
def forward(self, x):
    return x.float().mean([2, 3])
)";

const char* const kInceptionLike = R"(
def forward(self, x, return_features: bool = False, use_fp16: bool = False):
    f = x.float().flatten(1)
    if not return_features:
        f = f.softmax(1)[:, :2]
    return f
)";

TEST(RgbBytes, RoundHalfToEvenClampAndRepeatGrey) {
  const auto values = vector64({-1, 0, 0.5 / 255, 1.5 / 255, 1, 7}).to(torch::kFloat64).view({1, 1, 2, 3});
  const auto bytes = to_rgb_bytes(values);
  EXPECT_EQ(bytes.scalar_type(), torch::kUInt8);
  ASSERT_EQ(bytes.sizes(), at::IntArrayRef({1, 3, 2, 3}));
  const auto expected = torch::tensor({0, 0, 0, 2, 255, 255}, torch::kUInt8).view({2, 3});
  for (int channel = 0; channel < 3; ++channel) EXPECT_TRUE(torch::equal(bytes[0][channel], expected));
}

TEST(RgbBytes, GiveBackEveryByte) {
  const auto bytes = torch::arange(256, torch::kInt64).to(torch::kUInt8).view({1, 1, 16, 16});
  EXPECT_TRUE(torch::equal(to_rgb_bytes(bytes.to(torch::kFloat32) / 255.0).select(1, 0), bytes.select(1, 0)));
}

TEST(RgbBytes, ColourStaysAndOthersAreRefused) {
  const auto colours = torch::rand({2, 3, 4, 5}, seeded_generator(1));
  EXPECT_TRUE(torch::equal(to_rgb_bytes(colours), (colours * 255.0).round().to(torch::kUInt8)));
  EXPECT_THAT(complaint([] { to_rgb_bytes(torch::full({1, 1, 1, 1}, kNan)); }), HasSubstr("not a number"));
  EXPECT_THAT(complaint([] { to_rgb_bytes(torch::zeros({2, 2, 4, 4})); }), HasSubstr("[2, 2, 4, 4]"));
  EXPECT_THAT(complaint([] { to_rgb_bytes(torch::zeros({2, 3, 4, 4}, torch::kUInt8)); }), HasSubstr("Byte"));
}

TEST(TorchScriptExtractor, GivesTheModuleBytes) {
  const TorchScriptExtractor extractor(module_of(kChannelMeans), {1, 4, 4});
  const auto rows = extractor.extract(torch::full({130, 1, 4, 4}, 0.5));  // 127.5 -> 128; several batches.
  EXPECT_TRUE(torch::equal(rows.features, torch::full({130, 3}, 128.0)));
  EXPECT_FALSE(rows.probabilities.defined());
}

TEST(TorchScriptExtractor, AsksForFeaturesWhereTheModuleOffersThem) {
  const TorchScriptExtractor extractor(module_of(kInceptionLike), {3, 2, 2});
  const auto features = extractor.features(torch::ones({5, 3, 2, 2}));
  EXPECT_TRUE(torch::equal(features, torch::full({5, 12}, 255.0)));
}

TEST(TorchScriptExtractor, HasTheModulesTensorsAsState) {
  torch::jit::Module module("m");
  module.register_parameter("weight", torch::full({3}, 2.0), /*is_buffer=*/false);
  module.register_buffer("shift", torch::ones({3}));
  module.define(R"(
def forward(self, x):
    return x.float().mean([2, 3]) * self.weight + self.shift
)");
  const TorchScriptExtractor extractor(module, {1, 2, 2});
  ASSERT_EQ(extractor.state().size(), 2u);
  const auto features = extractor.features(torch::ones({1, 1, 2, 2}));
  EXPECT_TRUE(torch::equal(features, torch::full({1, 3}, 511.0)));
  EXPECT_FALSE(features.requires_grad());
}

TEST(TorchScriptExtractor, HalfPrecisionFeaturesComeBackInSingle) {
  const TorchScriptExtractor extractor(
      module_of("def forward(self, x):\n    return x.float().mean([2, 3]).half()\n"), {1, 2, 2});
  EXPECT_EQ(extractor.features(torch::ones({1, 1, 2, 2})).scalar_type(), torch::kFloat32);
}

std::string refusal(const std::string& source, std::vector<std::int64_t> shape = {1, 4, 4}) {
  auto message = complaint([&] { TorchScriptExtractor(module_of(source), shape); });
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return message;
}

TEST(TorchScriptExtractor, SaysWhatAModuleGaveInsteadOfFeatures) {
  EXPECT_THAT(refusal("def forward(self, x):\n    return x.float()\n"), HasSubstr("[2, 3, 4, 4]"));
  EXPECT_THAT(refusal("def forward(self, x):\n    return x.flatten(1)\n"), HasSubstr("Byte"));
  EXPECT_THAT(refusal("def forward(self, x):\n    return (x, x)\n"), HasSubstr("Tuple"));
  EXPECT_THAT(refusal("def forward(self, x):\n    return x.float().flatten()[:9].view(3, 3)\n"),
              HasSubstr("[3, 3]"));
}

TEST(TorchScriptExtractor, GivesModulesThatRefuseBytesTheInceptionInput) {
  const auto source = R"(
def forward(self, x):
    assert x.is_floating_point(), 'no bytes'
    return torch.stack([x.amin([1, 2, 3]), x.amax([1, 2, 3]), x.mean([1, 2, 3]) * 0 + x.size(2) + x.size(3)], 1)
)";
  const TorchScriptExtractor extractor(module_of(source), {1, 4, 4});
  auto images = torch::ones({2, 1, 4, 4});
  images[1] = 0.0;
  const auto features = extractor.features(images);
  EXPECT_LT(largest_difference(features, matrix64({{127.0 / 128, 127.0 / 128, 598}, {-1, -1, 598}})), 1e-6);
}

TEST(TorchScriptExtractor, SaysInOneLineWhyAModuleFails) {
  EXPECT_THAT(refusal("def forward(self, x):\n    assert x.size(3) == 64, 'only 64 x 64'\n    return "
                      "x.float().flatten(1)\n"),
              HasSubstr("only 64 x 64"));
  EXPECT_THAT(refusal("def forward(self, x, y):\n    return x\n"), HasSubstr("'y'"));
  EXPECT_THAT(refusal("def forward(self, x):\n    return torch.mm(x, x)\n"), HasSubstr("fails on"));
  EXPECT_THAT(refusal("def other(self, x):\n    return x\n"), HasSubstr("no method 'forward'"));
}

TEST(TorchScriptExtractor, RefusesSamplesThatAreNoImages) {
  EXPECT_THAT(refusal(kChannelMeans, {200}), HasSubstr("[200]"));
  EXPECT_THAT(refusal(kChannelMeans, {2, 4, 4}), HasSubstr("[2, 4, 4]"));
  const TorchScriptExtractor extractor(module_of(kChannelMeans), {1, 4, 4});
  EXPECT_THAT(complaint([&] { extractor.features(torch::zeros({2, 3, 4, 4})); }), HasSubstr("[3, 4, 4]"));
}

}  // namespace
}  // namespace rraebench
