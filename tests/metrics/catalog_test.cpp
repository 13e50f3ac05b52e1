#include "metrics/catalog.hpp"

#include "reports/analysis/protocols.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rraebench {
namespace {

using ::testing::HasSubstr;

TEST(MetricCatalog, EveryRowIsComplete) {
  const std::set<std::string> directions{"lower", "higher", ""};
  std::set<std::string> names;
  for (const auto& metric : metric_catalog()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name << " twice";
    EXPECT_FALSE(metric.protocols.empty()) << metric.name;
    EXPECT_EQ(directions.count(metric.better), 1u) << metric.name;
    EXPECT_STRNE(metric.definition, "") << metric.name;
    EXPECT_EQ(std::string(metric.definition).find('\n'), std::string::npos) << metric.name;
    EXPECT_STRNE(metric.source, "") << metric.name;
  }
  const std::set<std::string> wanted{"active_unit_fraction",
                                     "active_units",
                                     "collapsed_fraction",
                                     "coverage",
                                     "coverage_lower",
                                     "coverage_upper",
                                     "density",
                                     "density_lower",
                                     "density_upper",
                                     "effective_rank",
                                     "energy_captured",
                                     "entropy",
                                     "entropy_deviation",
                                     "entropy_lower",
                                     "entropy_upper",
                                     "fid",
                                     "fid_deviation",
                                     "fid_infinity",
                                     "fid_lower",
                                     "fid_upper",
                                     "inception_score",
                                     "inception_score_deviation",
                                     "kid",
                                     "kid_deviation",
                                     "kl_total",
                                     "low_variance_fraction",
                                     "mutual_information",
                                     "numerical_rank",
                                     "participation_ratio",
                                     "path_detour",
                                     "path_length",
                                     "precision",
                                     "precision_lower",
                                     "precision_upper",
                                     "real_entropy",
                                     "recall",
                                     "recall_lower",
                                     "recall_upper",
                                     "relative_error",
                                     "seconds_per_100_steps",
                                     "stable_rank"};
  EXPECT_EQ(names, wanted);
}

TEST(MetricCatalog, IsOfTheProtocolsThatThereAre) {
  std::set<std::string_view> reported;
  for (const auto& metric : metric_catalog())
    reported.insert(metric.protocols.begin(), metric.protocols.end());
  std::set<std::string_view> known;
  for (const auto& protocol : kAllProtocols) known.insert(protocol.name);
  EXPECT_EQ(reported, known);
}

TEST(MetricCatalog, FindsByName) {
  const auto& error = metric_description("relative_error");
  EXPECT_STREQ(error.unit, "%");
  EXPECT_STREQ(error.better, "lower");
  EXPECT_EQ(error.protocols, (std::vector<std::string>{"reconstruct", "interpolate"}));
}

TEST(MetricCatalog, UnknownNameIsNamedWithTheKnownOnes) {
  try {
    metric_description("fidd");
    FAIL() << "no exception";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), HasSubstr("'fidd'"));
    EXPECT_THAT(error.what(), HasSubstr("relative_error, fid, kid"));
  }
}

}  // namespace
}  // namespace rraebench
