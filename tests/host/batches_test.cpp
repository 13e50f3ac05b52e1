#include "host/worker/batches.hpp"

#include "host/worker/seeds.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rraebench {
namespace {

std::vector<std::int64_t> to_vector(const torch::Tensor& indices) {
  return {indices.data_ptr<std::int64_t>(), indices.data_ptr<std::int64_t>() + indices.numel()};
}

TEST(BatchOrder, AnEpochHoldsEachSampleAtMostOnce) {
  BatchOrder order(10, 3, 1);
  EXPECT_EQ(order.batches_per_epoch(), 3);
  for (int epoch = 0; epoch < 4; ++epoch) {
    std::set<std::int64_t> seen;
    for (int batch = 0; batch < 3; ++batch)
      for (const auto index : to_vector(order.next())) {
        EXPECT_TRUE(seen.insert(index).second);
        EXPECT_LT(index, 10);
      }
    EXPECT_EQ(seen.size(), 9U);
  }
}

TEST(BatchOrder, FewSamplesAreAllInEveryBatch) {
  BatchOrder order(5, 20, 1);
  EXPECT_EQ(order.batch_size(), 5);
  for (int batch = 0; batch < 3; ++batch) {
    auto indices = to_vector(order.next());
    std::sort(indices.begin(), indices.end());
    EXPECT_EQ(indices, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
  }
}

TEST(BatchOrder, DependsOnTheSeedAloneAndNotOnTheGlobalGenerator) {
  BatchOrder first(100, 10, 7);
  torch::manual_seed(123);
  BatchOrder second(100, 10, 7);
  BatchOrder other(100, 10, 8);
  const auto batch = first.next();
  torch::rand({5});
  EXPECT_TRUE(torch::equal(batch, second.next()));
  EXPECT_FALSE(torch::equal(batch, other.next()));
}

TEST(BatchOrder, GoesOnFromASavedState) {
  BatchOrder order(10, 4, 3);
  order.next();
  torch::serialize::OutputArchive out;
  order.save(out);
  std::stringstream stream;
  out.save_to(stream);
  BatchOrder copy(10, 4, 99);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  copy.load(in);
  for (int batch = 0; batch < 6; ++batch) EXPECT_TRUE(torch::equal(order.next(), copy.next()));
}

TEST(SampleSource, NormalisesCurvesAndBytes) {
  Split curves;
  curves.samples = torch::tensor({{1.0F, 3.0F}, {5.0F, 7.0F}});
  const SampleSource from_curves(curves, {1.0, 2.0}, torch::kCPU);
  const auto batch = from_curves.batch(torch::tensor({std::int64_t{1}}));
  EXPECT_TRUE(torch::equal(batch.samples, torch::tensor({{2.0F, 3.0F}})));
  EXPECT_EQ(batch.indices.item<std::int64_t>(), 1);

  Split images;
  images.samples = torch::tensor({0, 51, 102, 255}, torch::kUInt8).view({1, 1, 2, 2});
  const SampleSource from_bytes(images, {0.0, 1.0}, torch::kCPU);
  EXPECT_TRUE(torch::allclose(from_bytes.range(0, 1).flatten(), torch::tensor({0.0F, 0.2F, 0.4F, 1.0F})));
}

TEST(SampleSource, GivesLabelsAndParametersWhereTheDataHaveThem) {
  Split split;
  split.samples = torch::rand({4, 3});
  const auto plain =
      SampleSource(split, {}, torch::kCPU).batch(torch::tensor({std::int64_t{2}, std::int64_t{0}}));
  EXPECT_FALSE(plain.labels.defined());
  EXPECT_FALSE(plain.parameters.defined());
  EXPECT_EQ(plain.step, 0);
  split.labels = torch::tensor({5, 6, 7, 8}, torch::kInt64);
  split.parameters = torch::tensor({{0.5}, {1.5}, {2.5}, {3.5}}, torch::kFloat64);
  const auto batch =
      SampleSource(split, {}, torch::kCPU).batch(torch::tensor({std::int64_t{2}, std::int64_t{0}}));
  EXPECT_TRUE(torch::equal(batch.labels, torch::tensor({7, 5}, torch::kInt64)));
  EXPECT_TRUE(torch::equal(batch.parameters, torch::tensor({{2.5F}, {0.5F}})));
}

TEST(InOrder, GivesEverySampleOnce) {
  Split split;
  split.samples = torch::arange(7, torch::kFloat32).unsqueeze(1);
  const SampleSource source(split, {}, torch::kCPU);
  const auto next = in_order(source, 3);
  std::vector<torch::Tensor> parts;
  while (const auto batch = next()) parts.push_back(batch->samples);
  EXPECT_EQ(parts.size(), 3U);
  EXPECT_TRUE(torch::equal(torch::cat(parts), split.samples));
}

TEST(EvaluationBatch, ShrinksWithTheSample) {
  EXPECT_EQ(evaluation_batch({200}), 500);
  EXPECT_EQ(evaluation_batch({3, 32, 32}), 500);
  EXPECT_EQ(evaluation_batch({1, 64, 64}), 500);
  EXPECT_EQ(evaluation_batch({3, 160, 160}), 26);
  EXPECT_EQ(evaluation_batch({3, 5000, 5000}), 1);
}

TEST(DeriveSeed, DiffersByPurposeAndSeedAndNeverChanges) {
  EXPECT_NE(derive_seed(0, "model"), derive_seed(0, "batch order"));
  EXPECT_NE(derive_seed(0, "model"), derive_seed(1, "model"));
  // FNV-1a of the empty text through one step of SplitMix64: other versions must give the same.
  EXPECT_EQ(derive_seed(0, ""), [] {
    std::uint64_t z = 0xcbf29ce484222325ULL + 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }());
}

}  // namespace
}  // namespace rraebench
