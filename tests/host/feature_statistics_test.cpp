#include "host/common/feature_statistics.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using testing::HasSubstr;

class FeatureStatisticsFile : public testing::Test {
 protected:
  std::string complaint(const NpzArrays& arrays) {
    const auto file = folder_ / "stats.npz";
    write_npz(file, arrays);
    const auto text = complaint_of<UserError>([&] { read_feature_statistics(file); });
    EXPECT_THAT(text, HasSubstr("stats.npz: "));
    return text;
  }

  TemporaryFolder folder_;
  NpzArrays good_ = {{"mu", {{2}, {1, 2}, false}}, {"sigma", {{2, 2}, {4, 1, 1, 9}, false}}};
};

TEST_F(FeatureStatisticsFile, ComesBack) {
  const FeatureStatistics written{good_["mu"], good_["sigma"], 100, {{3, 2}, {1, 2, 3, 4, 5, 6}, true}, 0.25};
  write_feature_statistics(folder_ / "a.npz", written);
  const auto read = read_feature_statistics(folder_ / "a.npz");
  EXPECT_EQ(read.mu.values, written.mu.values);
  EXPECT_EQ(read.sigma.values, written.sigma.values);
  EXPECT_EQ(read.count, 100);
  EXPECT_EQ(read.features.values, written.features.values);
  EXPECT_EQ(read.entropy, written.entropy);
}

TEST_F(FeatureStatisticsFile, OfOtherToolsHasMuAndSigmaAlone) {
  good_["something_else"] = {{1}, {7}, false};
  write_npz(folder_ / "a.npz", good_);
  const auto read = read_feature_statistics(folder_ / "a.npz");
  EXPECT_EQ(read.count, 0);
  EXPECT_TRUE(read.features.values.empty());
  EXPECT_FALSE(read.entropy.has_value());
}

TEST_F(FeatureStatisticsFile, SaysWhatIsWrong) {
  const auto with = [&](const std::string& name, const NpzArray& array) {
    auto arrays = good_;
    arrays[name] = array;
    return complaint(arrays);
  };
  EXPECT_THAT(complaint({{"mu", good_["mu"]}}), HasSubstr("'mu' and 'sigma' are needed"));
  EXPECT_THAT(with("mu", {{1, 2}, {1, 2}, false}), HasSubstr("must be a vector"));
  EXPECT_THAT(with("sigma", {{4}, {4, 1, 1, 9}, false}), HasSubstr("square matrix"));
  EXPECT_THAT(with("mu", {{3}, {1, 2, 3}, false}), HasSubstr("of its size"));
  EXPECT_THAT(with("sigma", {{2, 2}, {4, 1, 2, 9}, false}), HasSubstr("no covariance"));
  EXPECT_THAT(with("sigma", {{2, 2}, {-4, 1, 1, 9}, false}), HasSubstr("no covariance"));
  EXPECT_THAT(with("mu", {{2}, {1, std::nan("")}, false}), HasSubstr("not a number"));
  EXPECT_THAT(with("features", {{2, 3}, {1, 2, 3, 4, 5, 6}, false}), HasSubstr("a column for each"));
  EXPECT_THAT(with("count", {{}, {1}, false}), HasSubstr("'count'"));
  EXPECT_THAT(with("count", {{}, {std::nan("")}, false}), HasSubstr("'count'"));
}

TEST_F(FeatureStatisticsFile, MustNotContradictItself) {
  const auto of = [&](double variance, double covariance, double count) {
    return NpzArrays{{"mu", good_["mu"]},
                     {"sigma", {{2, 2}, {4, covariance, covariance, variance}, false}},
                     {"count", {{}, {count}, false}}};
  };
  EXPECT_NO_THROW(feature_statistics_of(of(9, 6, 3), "a")) << "a correlation of 1";
  EXPECT_NO_THROW(feature_statistics_of(of(9, -6.00005, 3), "a")) << "to single precision";
  for (const double covariance : {6.01, -6.01})
    EXPECT_THAT(complaint(of(9, covariance, 100)), HasSubstr("'sigma' is no covariance"));
  // Two samples have a covariance of rank 1.
  EXPECT_NO_THROW(feature_statistics_of(of(9, 6, 2), "a"));
  EXPECT_NO_THROW(feature_statistics_of(of(4, 0, 3), "a"));
  EXPECT_THAT(complaint(of(4, 0, 2)), HasSubstr("'count' is 2, but so few samples have no covariance like "
                                                "'sigma', whose rank is 2 or more"));
}

}  // namespace
}  // namespace rraebench
