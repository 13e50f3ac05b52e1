#include "datasets/variation.hpp"

#include "datasets/catalog.hpp"
#include "datasets/error.hpp"
#include "datasets/load.hpp"
#include "tests/datasets/image_bytes.hpp"
#include "tests/datasets/npy_bytes.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::npy_file;
using testing::npy_header;
using testing::raw;

class VariationTest : public ::testing::Test {
 protected:
  Dataset load(std::map<std::string, std::string> given = {}) const {
    given.insert({{"train", "x.npy"}, {"test", "x.npy"}});
    return load_dataset("npy", Options(dataset_description("npy").options, given), {folder_.path(), {}});
  }
  std::string refusal(const std::map<std::string, std::string>& given = {}) const {
    return complaint_of<DatasetError>([&] { load(given); });
  }
  template <typename Value>
  void write_waves(double mean, double height) const {
    std::vector<Value> values;
    for (int i = 0; i < 20; ++i)
      for (int j = 0; j < 30; ++j)
        values.push_back(static_cast<Value>(mean + height * std::sin(0.2 * j + 0.1 * i)));
    folder_.write("x.npy", npy_file(npy_header(sizeof(Value) == 8 ? "<f8" : "<f4", "(20, 30)"), raw(values)));
  }
  TemporaryFolder folder_;
};

TEST_F(VariationTest, SmallWavesAreWhatIsGivenToModels) {
  write_waves<double>(1e5, 0.003);
  const auto high = load();
  write_waves<double>(0.0, 0.003);
  const auto flat = load();
  EXPECT_TRUE(torch::allclose(normalise(high.train.samples, high.normalisation),
                              normalise(flat.train.samples, flat.normalisation), 1e-4, 1e-4));
  EXPECT_NEAR(high.value_maximum - high.value_minimum, 0.006, 1e-4);
  EXPECT_THAT(high.notes, ElementsAre(AllOf(HasSubstr("around 1e+05"), HasSubstr("relative_error"))));
  EXPECT_THAT(flat.notes, IsEmpty());
}

TEST_F(VariationTest, EqualSamplesAreRefused) {
  write_waves<float>(1e5, 0.003);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("'npy'"), HasSubstr("all 20 training samples are equal"),
                               Not(HasSubstr("standardise"))));
  write_waves<double>(1e5, 0.003);
  EXPECT_THAT(refusal({{"normalisation", "none"}}), AllOf(HasSubstr("are equal"), HasSubstr("standardise")));
  write_waves<double>(7.0, 0.0);
  EXPECT_THAT(refusal(), HasSubstr("all 20 training samples are equal"));
}

TEST_F(VariationTest, RoundedVariationIsSaid) {
  write_waves<float>(1e5, 0.3);
  EXPECT_THAT(load().notes, ElementsAre(HasSubstr("save them as float64"), HasSubstr("relative_error")));
  write_waves<double>(1e5, 0.3);
  EXPECT_THAT(load({{"normalisation", "none"}}).notes,
              ElementsAre(HasSubstr("normalisation = \"standardise\""), HasSubstr("relative_error")));
  write_waves<float>(3.0, 1.0);
  EXPECT_THAT(load().notes, IsEmpty());
}

TEST_F(VariationTest, EqualPicturesAreSaid) {
  const auto black = testing::png(8, 8, PNG_FORMAT_RGB, std::vector<std::uint8_t>(192, 0));
  const auto load_pictures = [&] {
    const Options options(dataset_description("images").options, {{"folder", "pictures"}});
    return load_dataset("images", options, {folder_.path(), folder_ / "cache"});
  };
  for (const char* name : {"train/a.png", "train/b.png", "test/c.png"})
    folder_.write(std::string("pictures/") + name, black);
  EXPECT_THAT(load_pictures().notes,
              ElementsAre("images: all 2 training samples are equal: figures of features mean nothing"));
  folder_.write("pictures/train/a.png", testing::png(8, 8, PNG_FORMAT_RGB, testing::gradient(8, 8)));
  EXPECT_THAT(load_pictures().notes, IsEmpty());
}

}  // namespace
}  // namespace rraebench
