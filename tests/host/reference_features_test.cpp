#include "host/worker/measuring/reference_features.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/feature_statistics.hpp"
#include "host/worker/measuring/feature_set.hpp"
#include "metrics/extractors/pca.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

class Reference : public testing::Test {
 protected:
  Reference() {
    torch::manual_seed(3);
    dataset_.name = "noise";
    dataset_.sample_shape = {6};
    dataset_.fingerprint = std::string(64, 'f');
    dataset_.train.samples = torch::randn({90, 6});
    dataset_.test.samples = torch::randn({700, 6});  // More than one batch.
    spec_.dataset = dataset_.name;
    spec_.dataset_fingerprint = dataset_.fingerprint;
    // It cannot be moved. NOLINTNEXTLINE(modernize-make-unique)
    std::unique_ptr<PcaExtractor> pca(new PcaExtractor(PcaExtractor::fit(dataset_.train.samples, 4)));
    extractor_ = {"pca:4", std::string(64, 'e'), std::move(pca)};
  }

  ReferenceFeatures prepare() {
    return prepare_reference(spec_, dataset_, extractor_, cache_.path(),
                             [&](std::int64_t, std::int64_t) { ++batches_; });
  }

  TemporaryFolder cache_;
  Dataset dataset_;
  RunSpec spec_;
  NamedExtractor extractor_;
  int batches_ = 0;
};

TEST_F(Reference, IsComputedOnceAndTheSameWhenRead) {
  const auto computed = prepare();
  EXPECT_EQ(batches_, 2);
  const auto read = prepare();
  EXPECT_EQ(batches_, 2);
  EXPECT_EQ(computed.count, 700);
  EXPECT_EQ(read.count, 700);
  EXPECT_TRUE(torch::equal(computed.features, read.features));
  EXPECT_TRUE(torch::equal(computed.frechet.moments().mean, read.frechet.moments().mean));
  EXPECT_TRUE(torch::equal(computed.frechet.moments().scatter, read.frechet.moments().scatter));

  const auto expected = extractor_.extractor->features(dataset_.test.samples);
  EXPECT_NEAR(computed.frechet.distance_to(moments_of(expected)), 0.0, 1e-9);
  EXPECT_TRUE(torch::allclose(std::get<0>(computed.features.sort(0)),
                              std::get<0>(expected.to(torch::kFloat32).sort(0))));
  EXPECT_FALSE(torch::equal(computed.features, expected.to(torch::kFloat32)));  // In random order.
}

TEST_F(Reference, OfAnythingElseIsAnotherFile) {
  const auto file = reference_file(spec_, extractor_, cache_.path());
  const auto changed = [&](const std::function<void()>& change) {
    const auto before = spec_;
    change();
    const auto other = reference_file(spec_, extractor_, cache_.path());
    spec_ = before;
    return other != file;
  };
  EXPECT_TRUE(changed([&] { spec_.dataset_fingerprint[5] = '0'; }));
  EXPECT_TRUE(changed([&] { spec_.dataset_options["size"] = "32"; }));
  EXPECT_TRUE(changed([&] { spec_.reference_split = "train"; }));
  EXPECT_TRUE(changed([&] { spec_.features.metrics = {"fid"}; }));
  EXPECT_FALSE(changed([&] { spec_.seed = 9; }));
  extractor_.sha256[0] = '0';
  EXPECT_NE(reference_file(spec_, extractor_, cache_.path()), file);
}

TEST_F(Reference, KeepsNoSingleFeaturesThatNoMetricNeeds) {
  spec_.features.metrics = {"fid"};
  EXPECT_FALSE(prepare().features.defined());
}

TEST_F(Reference, ADamagedFileIsMadeAnew) {
  const auto good = prepare();
  const auto file = reference_file(spec_, extractor_, cache_.path());
  cache_.write(file.filename().string(), "rubbish");
  const auto again = prepare();
  EXPECT_EQ(batches_, 4);
  EXPECT_TRUE(torch::equal(again.features, good.features));
}

TEST_F(Reference, IsTheSameFileWithAnyNumberOfThreads) {
  const auto file = reference_file(spec_, extractor_, cache_.path());
  const int before = at::get_num_threads();
  std::string first;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    std::filesystem::remove(file);
    prepare();
    if (first.empty()) first = read_file(file);
    EXPECT_EQ(read_file(file), first) << threads;
  }
  at::set_num_threads(before);
}

TEST_F(Reference, KnowsSamplesThatAreAllAlike) {
  EXPECT_TRUE(prepare().varies);
  dataset_.test.samples = torch::full({50, 6}, 0.3F);
  spec_.reference_split = "test";
  spec_.dataset_options["constant"] = "true";
  EXPECT_FALSE(prepare().varies);
}

TEST_F(Reference, CanBeImported) {
  prepare();  // What is kept can be imported again.
  spec_.features.statistics = reference_file(spec_, extractor_, cache_.path()).string();
  spec_.features.statistics_sha256 = sha256_of_file(spec_.features.statistics);
  const auto imported = prepare();
  EXPECT_EQ(batches_, 2);
  EXPECT_EQ(imported.count, 700);
  EXPECT_THAT(imported.source, HasSubstr("@" + spec_.features.statistics_sha256.substr(0, 8)));

  // Of unknown count: only mu and sigma, as other tools write them.
  auto statistics = read_feature_statistics(spec_.features.statistics);
  write_npz(cache_ / "plain.npz", {{"mu", statistics.mu}, {"sigma", statistics.sigma}});
  spec_.features.statistics = (cache_ / "plain.npz").string();
  EXPECT_THROW(prepare(), InfrastructureError);  // Not the planned file.
  spec_.features.statistics_sha256 = sha256_of_file(spec_.features.statistics);
  const auto plain = prepare();
  EXPECT_EQ(plain.count, 0);
  const auto features = extractor_.extractor->features(dataset_.train.samples);
  EXPECT_NEAR(plain.frechet.distance_to(moments_of(features)),
              imported.frechet.distance_to(moments_of(features)), 1e-9);
}

TEST_F(Reference, ImportedMustFitTheExtractor) {
  write_npz(cache_ / "two.npz", {{"mu", {{2}, {1, 2}, false}}, {"sigma", {{2, 2}, {4, 1, 1, 9}, false}}});
  spec_.features.statistics = (cache_ / "two.npz").string();
  EXPECT_THAT(complaint_of<UserError>([&] { prepare(); }),
              HasSubstr("two.npz: has 2 features, extractor 'pca:4' gives 4"));
}

TEST(FeatureCollector, KeepsTheFirstAndCountsAll) {
  FeatureCollector collector(true);
  const auto features = torch::randn({kKeptFeatures + 50, 2});
  for (const auto& rows : features.split(999)) collector.add({rows, {}});
  const auto set = collector.result();
  EXPECT_EQ(set.moments.count, kKeptFeatures + 50);
  EXPECT_TRUE(torch::equal(set.features, features.slice(0, 0, kKeptFeatures)));
  EXPECT_FALSE(set.probabilities.defined());
}

}  // namespace
}  // namespace rraebench
