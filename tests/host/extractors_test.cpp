#include "host/worker/measuring/extractors.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/script.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

Dataset labelled_images() {
  torch::manual_seed(2);
  Dataset dataset;
  dataset.name = "dots";
  dataset.sample_shape = {1, 8, 8};
  dataset.fingerprint = std::string(64, 'a');
  dataset.train.samples = torch::randint(0, 256, {100, 1, 8, 8}).to(torch::kUInt8);
  dataset.train.labels = torch::arange(100) % 3;
  return dataset;
}

void ignore_progress(std::int64_t, std::int64_t, double) {}

std::string error_of(const std::string& name, const Dataset& dataset, const TemporaryFolder& folder) {
  return complaint_of<std::exception>(
      [&] { make_extractor(name, dataset, folder.path(), torch::kCPU, ignore_progress); });
}

TEST(MakeExtractor, ClassifierIsTrainedOnceAndKept) {
  const TemporaryFolder first_cache;
  const TemporaryFolder second_cache;
  const auto dataset = labelled_images();
  const auto values = to_values(dataset.train.samples.slice(0, 0, 10));
  int steps = 0;
  const auto count = [&](std::int64_t, std::int64_t, double) { ++steps; };
  const auto trained = make_extractor("classifier", dataset, first_cache.path(), torch::kCPU, count);
  EXPECT_GT(steps, 0);
  const int steps_of_training = steps;
  const auto loaded = make_extractor("classifier", dataset, first_cache.path(), torch::kCPU, count);
  EXPECT_EQ(steps, steps_of_training);
  EXPECT_EQ(trained.sha256, loaded.sha256);
  EXPECT_TRUE(torch::equal(trained.extractor->features(values), loaded.extractor->features(values)));
  // The weights' hash, whatever the file is called.
  EXPECT_EQ(make_extractor("classifier", dataset, second_cache.path(), torch::kCPU, count).sha256,
            trained.sha256);
}

TEST(MakeExtractor, ImagesOfAnotherSizeGetAnExtractorOfTheirOwn) {
  const TemporaryFolder cache;
  auto small = labelled_images();  // The same source, read at half its size.
  small.sample_shape = {1, 4, 4};
  small.train.samples = small.train.samples.slice(2, 0, 4).slice(3, 0, 4).contiguous();
  for (const char* name : {"classifier", "pca:4"}) {
    const auto of_large = make_extractor(name, labelled_images(), cache.path(), torch::kCPU, ignore_progress);
    const auto of_small = make_extractor(name, small, cache.path(), torch::kCPU, ignore_progress);
    EXPECT_NE(of_large.sha256, of_small.sha256) << name;
    EXPECT_EQ(of_small.extractor->features(torch::rand({2, 1, 4, 4})).size(0), 2) << name;
  }
}

TEST(MakeExtractor, SamplesThatAreHeldOutHaveNoPartInIt) {
  const TemporaryFolder cache;
  auto fewer = labelled_images();  // The same source, of which some are held out.
  fewer.train.samples = fewer.train.samples.slice(0, 0, 60);
  fewer.train.labels = fewer.train.labels.slice(0, 0, 60);
  for (const char* name : {"classifier", "pca:4"}) {
    const auto of_all = make_extractor(name, labelled_images(), cache.path(), torch::kCPU, ignore_progress);
    const auto of_fewer = make_extractor(name, fewer, cache.path(), torch::kCPU, ignore_progress);
    const TemporaryFolder fresh;
    EXPECT_NE(of_all.sha256, of_fewer.sha256) << name;
    EXPECT_EQ(make_extractor(name, fewer, fresh.path(), torch::kCPU, ignore_progress).sha256, of_fewer.sha256)
        << name << ": whatever is kept already";
  }
}

TEST(MakeExtractor, PcaIsFittedOnceAndNamedByItsContent) {
  const TemporaryFolder cache;
  const auto extractor =
      make_extractor("pca:4", labelled_images(), cache.path(), torch::kCPU, ignore_progress);
  auto others = labelled_images();
  others.train.samples.zero_();
  EXPECT_EQ(make_extractor("pca:4", others, cache.path(), torch::kCPU, ignore_progress).sha256,
            extractor.sha256);  // Under the same fingerprint nothing is fitted again.
  EXPECT_EQ(extractor.extractor->features(torch::rand({5, 1, 8, 8})).size(1), 4);
  EXPECT_EQ(extractor.sha256.size(), 64U);
  EXPECT_NE(make_extractor("pca:3", labelled_images(), cache.path(), torch::kCPU, ignore_progress).sha256,
            extractor.sha256);
}

TEST(MakeExtractor, ComponentsBeyondTheRankAreSaidWheneverTheyAreUsed) {
  Dataset dataset;
  dataset.name = "plane";
  dataset.sample_shape = {5};
  dataset.fingerprint = std::string(64, 'c');
  dataset.train.samples = torch::mm(torch::randn({30, 2}), torch::randn({2, 5}));
  const TemporaryFolder cache;
  const auto notes_of = [&](const std::string& name) {
    std::vector<std::string> notes;
    make_extractor(name, dataset, cache.path(), torch::kCPU, ignore_progress, "",
                   {[&](const std::string& text) { notes.push_back(text); }, {}});
    return notes;
  };
  for (const char* when : {"fitted", "kept"})
    EXPECT_THAT(
        notes_of("pca:4"),
        testing::ElementsAre("pca:4: the training samples have rank 2: components beyond are arbitrary "
                             "directions, which figures count; pca:2 has none"))
        << when;
  EXPECT_THAT(notes_of("pca:2"), testing::IsEmpty());
  dataset.train.samples = torch::ones({30, 5});
  dataset.fingerprint = std::string(64, 'd');
  EXPECT_THAT(notes_of("pca:2"), testing::IsEmpty()) << "the data set says what it is";
}

TEST(MakeExtractor, PcaOfManyIsFittedToARandomChoice) {
  // Sorted: the first 10000 vary along one axis alone, the last along the other, and more.
  constexpr std::int64_t kFirst = 10000;
  constexpr std::int64_t kLast = 2000;
  Dataset dataset;
  dataset.name = "sorted";
  dataset.sample_shape = {2};
  dataset.fingerprint = std::string(64, 'b');
  dataset.train.samples = torch::zeros({kFirst + kLast, 2});
  dataset.train.samples.slice(0, 0, kFirst).select(1, 0).copy_(torch::arange(kFirst) % 2);
  dataset.train.samples.slice(0, kFirst).select(1, 1).copy_(torch::arange(kLast) % 2 * 100);
  const TemporaryFolder first_cache;
  const TemporaryFolder second_cache;
  const auto fitted = make_extractor("pca:1", dataset, first_cache.path(), torch::kCPU, ignore_progress);
  const auto features = fitted.extractor->features(torch::tensor({{0.F, 0.F}, {0.F, 1.F}}));
  EXPECT_NEAR((features[1] - features[0]).abs().item<double>(), 1.0, 1e-3);
  EXPECT_EQ(make_extractor("pca:1", dataset, second_cache.path(), torch::kCPU, ignore_progress).sha256,
            fitted.sha256);
}

TEST(MakeExtractor, ADamagedFileInTheCacheIsMadeAnewWithAWarning) {
  const TemporaryFolder cache;
  for (const std::string name : {"classifier", "pca:4"}) {
    const auto good = make_extractor(name, labelled_images(), cache.path(), torch::kCPU, ignore_progress);
    for (const auto& entry : std::filesystem::directory_iterator(cache.path()))
      if (entry.path().extension() == ".pt") std::filesystem::resize_file(entry.path(), 100);
    std::vector<std::string> warnings;
    const auto again = make_extractor(name, labelled_images(), cache.path(), torch::kCPU, ignore_progress, "",
                                      {[&](const std::string& text) { warnings.push_back(text); }, {}});
    EXPECT_EQ(again.sha256, good.sha256) << name;
    EXPECT_THAT(warnings, testing::ElementsAre(HasSubstr(".pt is damaged and made anew"))) << name;
  }
}

TEST(MakeExtractor, TorchScriptIsNamedByItsFile) {
  const TemporaryFolder folder;
  torch::jit::Module module("net");
  module.define("def forward(self, x):\n    return x.float().mean([2, 3])\n");
  const auto file = (folder / "net.pt").string();
  module.save(file);
  const auto extractor =
      make_extractor("torchscript:" + file, labelled_images(), folder.path(), torch::kCPU, ignore_progress);
  EXPECT_EQ(extractor.sha256, sha256_of_file(file));
  EXPECT_NO_THROW(make_extractor("torchscript:" + file, labelled_images(), folder.path(), torch::kCPU,
                                 ignore_progress, extractor.sha256));
  EXPECT_THROW(make_extractor("torchscript:" + file, labelled_images(), folder.path(), torch::kCPU,
                              ignore_progress, std::string(64, '0')),
               InfrastructureError);
  EXPECT_EQ(extractor.extractor->features(torch::rand({2, 1, 8, 8})).size(1), 3);
}

TEST(MakeExtractor, TorchScriptRefusesImagesThatItWouldClamp) {
  const TemporaryFolder folder;
  torch::jit::Module module("net");
  module.define("def forward(self, x):\n    return x.float().mean([2, 3])\n");
  const auto file = (folder / "net.pt").string();
  module.save(file);
  auto dataset = labelled_images();
  dataset.train.samples = torch::rand({20, 1, 8, 8});
  dataset.test.samples = torch::rand({20, 1, 8, 8}) + 0.0009;  // As rounding leaves them.
  EXPECT_EQ(error_of("torchscript:" + file, dataset, folder), kNoComplaint);
  dataset.test.samples = torch::full({20, 1, 8, 8}, 0.5);
  dataset.test.samples[3][0][0][0] = -1.0;
  EXPECT_THAT(error_of("torchscript:" + file, dataset, folder),
              testing::AllOf(HasSubstr("data set 'dots', test samples"),
                             HasSubstr("from -1.000000 to 0.500000"), HasSubstr("scale them")));
  EXPECT_EQ(error_of("pca:4", dataset, folder), kNoComplaint);
}

TEST(MakeExtractor, ErrorsNameTheCause) {
  const TemporaryFolder folder;
  auto unlabelled = labelled_images();
  unlabelled.train.labels = torch::Tensor();
  EXPECT_THAT(error_of("classifier", unlabelled, folder), HasSubstr("use 'pca:K'"));
  EXPECT_THAT(error_of("inception", labelled_images(), folder), HasSubstr("known: classifier"));
  EXPECT_THAT(error_of("pca:400", labelled_images(), folder), HasSubstr("400"));
  const auto text = folder.write("text.pt", "not a module");
  EXPECT_THAT(error_of("torchscript:" + text.string(), labelled_images(), folder),
              HasSubstr("text.pt: not a TorchScript module"));
}

}  // namespace
}  // namespace rraebench
