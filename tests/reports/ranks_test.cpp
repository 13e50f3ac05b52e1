#include "reports/analysis/ranks.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/html.hpp"
#include "reports/render/markdown.hpp"
#include "reports/render/rank_picture.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Ranks : public testing::Test {
 protected:
  void store(const std::string& comparison, const std::string& label, double error) {
    auto run = make_run(label, 0, error);
    run.comparison = comparison;
    run.identity = comparison + label;
    database_.store(run);
  }

  ComparisonReport report() const { return build_report(read_report_rows(database_), {}); }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Ranks, AreMeansOverComparisonsWithFriedmansTestAndNemenyisDifference) {
  for (const char* comparison : {"a", "b", "c", "d"}) {
    store(comparison, "worst", 30.0);
    store(comparison, "best", 10.0);
    store(comparison, "middle", 20.0);
  }
  const auto rankings = rank_models(report().comparisons);
  ASSERT_EQ(rankings.size(), 1U);
  const auto& ranking = rankings[0];
  ASSERT_EQ(ranking.models.size(), 3U);
  EXPECT_EQ(ranking.models[0].label, "best");
  EXPECT_EQ(ranking.models[2].label, "worst");
  EXPECT_DOUBLE_EQ(ranking.models[1].mean_rank, 2.0);
  EXPECT_NEAR(ranking.p_value, std::exp(-4.0), 1e-12) << "chi-squared 8 with two degrees of freedom";
  EXPECT_NEAR(ranking.critical_difference.value(), 2.343 * std::sqrt(0.5), 1e-12);
}

TEST_F(Ranks, AreSharedByEqualMeans) {
  for (const char* comparison : {"a", "b", "c"}) {
    store(comparison, "x", 10.0);
    store(comparison, "y", 10.0);
    store(comparison, "z", 10.0);
  }
  const auto rankings = rank_models(report().comparisons);
  ASSERT_EQ(rankings.size(), 1U);
  for (const auto& model : rankings[0].models) EXPECT_DOUBLE_EQ(model.mean_rank, 2.0);
  EXPECT_EQ(rankings[0].p_value, 1.0);
}

TEST_F(Ranks, NeedThreeComparisonsAndModelsThatAreInAll) {
  for (const char* comparison : {"a", "b", "c"})
    for (const char* label : {"x", "y", "z"}) store(comparison, label, 10.0 + label[0]);
  store("a", "only here", 1.0);
  EXPECT_EQ(rank_models(report().comparisons).at(0).models.size(), 3U);
  TemporaryFolder other;
  auto few = ResultsDatabase::open_or_create(other / "few.db");
  for (const char* label : {"x", "y", "z"}) few.store(make_run(label, 0, 1.0));
  EXPECT_TRUE(rank_models(build_report(read_report_rows(few), {}).comparisons).empty());
}

TEST_F(Ranks, StandInReports) {
  for (const char* comparison : {"a", "b", "c"})
    for (const char* label : {"x<y>", "y", "z"}) store(comparison, label, 10.0 + label[0]);
  const auto html = render_html(report());
  EXPECT_THAT(html, AllOf(HasSubstr("Ranks over comparisons"), HasSubstr("mean rank, 1 is best"),
                          HasSubstr("x&lt;y&gt;"), Not(HasSubstr("x<y>"))));
  EXPECT_THAT(render_markdown(report()), HasSubstr("| y | 2.00 |"));
}

}  // namespace
}  // namespace rraebench
