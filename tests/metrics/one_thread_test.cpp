#include "metrics/one_thread.hpp"

#include "metrics/extractors/classifier.hpp"
#include "metrics/extractors/pca.hpp"
#include "metrics/extractors/torchscript.hpp"
#include "tests/metrics/tensors.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing

/// What `make` gives with 1, 2 and 3 threads.
class AnyThreads : public ::testing::Test {
 protected:
  ~AnyThreads() override { at::set_num_threads(before_); }

  static void expect_equal(const std::function<std::vector<torch::Tensor>()>& make) {
    std::vector<torch::Tensor> first;
    for (const int threads : {1, 2, 3}) {
      at::set_num_threads(threads);
      const auto made = make();
      EXPECT_EQ(at::get_num_threads(), threads) << "not put back";
      if (first.empty()) first = made;
      for (std::size_t i = 0; i < made.size(); ++i)
        EXPECT_TRUE(torch::equal(made[i], first[i])) << threads << " threads, tensor " << i;
    }
  }

 private:
  int before_ = at::get_num_threads();
};

TEST_F(AnyThreads, OneThreadIsOneAndIsPutBack) {
  at::set_num_threads(3);
  {
    const OneThread outer;
    EXPECT_EQ(at::get_num_threads(), 1);
    const OneThread inner;
    EXPECT_EQ(at::get_num_threads(), 1);
  }
  EXPECT_EQ(at::get_num_threads(), 3);
}

TEST_F(AnyThreads, ANewThreadKeepsTheNumberThatItIsGiven) {
  at::set_num_threads(3);
  int threads = 0;
  std::thread([&] {
    set_threads_of_caller(1);
    threads = at::get_num_threads();
  }).join();
  EXPECT_EQ(threads, 1);
}

TEST_F(AnyThreads, FitTheSameComponents) {
  for (const auto& [rows, columns] : {std::pair{900, 130}, {120, 3000}}) {
    const auto values = normal64(rows, columns, 1).to(torch::kFloat32);
    expect_equal([&] { return PcaExtractor::fit(values, 16).state(); });
  }
}

TEST_F(AnyThreads, TrainTheSameClassifier) {
  const auto images = torch::rand({400, 3, 16, 16}, seeded_generator(2));
  const auto labels = torch::arange(400) % 7;
  expect_equal([&] { return train_classifier(images, labels)->parameters(); });
}

TEST_F(AnyThreads, GiveTheSameFeatures) {
  const auto images = torch::rand({501, 3, 16, 16}, seeded_generator(3));  // With a last partial batch.
  const ClassifierExtractor classifier(train_classifier(images, torch::arange(501) % 7));
  expect_equal([&] {
    const auto rows = classifier.extract(images);
    return std::vector{rows.features, rows.probabilities, classifier.features(images.slice(0, 0, 5))};
  });
  const auto pca = PcaExtractor::fit(images, 16);
  expect_equal([&] { return std::vector{pca.features(images)}; });

  torch::jit::Module module("net");
  module.register_parameter("kernel", torch::randn({8, 3, 3, 3}, seeded_generator(4)), false);
  module.register_parameter("weight", torch::randn({32, 8}, seeded_generator(5)), false);
  module.define(R"(
def forward(self, x):
    maps = torch.conv2d(x.float(), self.kernel).relu()
    return torch.linear(maps.mean([2, 3]), self.weight)
)");
  const TorchScriptExtractor script(module, {3, 16, 16});
  expect_equal([&] { return std::vector{script.features(images)}; });
}

}  // namespace
}  // namespace rraebench
