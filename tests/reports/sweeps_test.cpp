#include "reports/analysis/sweeps.hpp"

#include "reports/render/charts.hpp"
#include "reports/render/collapse_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace rraebench {
namespace {

LabelSummary summary(const std::string& label, const std::string& model,
                     const std::map<std::string, std::string>& options, std::size_t colour = 0) {
  LabelSummary result;
  result.label = label;
  result.model = model;
  result.options = options;
  result.colour = colour;
  return result;
}

Comparison swept() {
  Comparison comparison;
  comparison.labels = {summary("AE", "ae", {{"latent", "2"}}),
                       summary("VAE beta=1", "vae", {{"latent", "2"}, {"beta", "1"}}, 3),
                       summary("VAE beta=0.01", "vae", {{"latent", "2"}, {"beta", "0.01"}}, 1),
                       summary("VAE beta=0.1", "vae", {{"latent", "2"}, {"beta", "0.1"}}, 2)};
  return comparison;
}

TEST(FindSweeps, OrdersTheValuesOfOneOption) {
  const auto sweeps = find_sweeps(swept());
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].option, "beta");
  ASSERT_EQ(sweeps[0].lines.size(), 1U);
  const auto& line = sweeps[0].lines[0];
  EXPECT_EQ(line.name, "VAE");
  EXPECT_EQ(line.colour, 1U);
  ASSERT_EQ(line.points.size(), 3U);
  EXPECT_EQ(line.points[0].value, 0.01);
  EXPECT_EQ(line.points[0].label, 2U);
  EXPECT_EQ(line.points[2].label, 1U);
}

TEST(FindSweeps, NeedsThreeModelsThatAgreeInAllElse) {
  auto comparison = swept();
  comparison.labels[1].options["latent"] = "3";
  EXPECT_TRUE(find_sweeps(comparison).empty());
}

TEST(FindSweeps, LeavesOutOptionsThatAreNoNumbers) {
  Comparison comparison;
  for (const char* mean : {"coefficients", "linear", "other"})
    comparison.labels.push_back(summary(mean, "vrrae", {{"mean", mean}}));
  EXPECT_TRUE(find_sweeps(comparison).empty());
}

/// The three VAEs of swept(), ascending by beta: labels 2, 3, 1.
Comparison counted(const std::array<std::optional<double>, 3>& active_units) {
  auto comparison = swept();
  MetricTable table;
  table.protocol = "collapse";
  table.columns.resize(1);
  table.columns[0].name = "active_units";
  table.cells.assign(4, std::vector<MetricCell>(1));
  const std::size_t ascending[] = {2, 3, 1};
  for (std::size_t i = 0; i < 3; ++i) {
    if (active_units[i]) table.cells[ascending[i]][0].summary = summarise_values({*active_units[i]});
  }
  comparison.tables = {table};
  return comparison;
}

std::vector<std::string> collapse_of(const Comparison& comparison) {
  return describe_collapse(comparison, find_sweeps(comparison)[0]);
}

TEST(DescribeCollapse, SaysWhereUnitsGo) {
  using testing::ElementsAre;
  EXPECT_THAT(collapse_of(counted({2, 1.5, 0})),
              ElementsAre("VAE: 2 active units at beta = 0.01, 1.5 at 0.1, 0 at 1."));
  EXPECT_THAT(collapse_of(counted({2, 2, 0})), ElementsAre("VAE: 2 active units up to beta = 0.1, 0 at 1."));
  EXPECT_THAT(collapse_of(counted({2, 0, 0})),
              ElementsAre("VAE: 2 active units at beta = 0.01, 0 from 0.1 on."));
  EXPECT_THAT(collapse_of(counted({2, 2, 2})), ElementsAre("VAE: 2 active units from beta = 0.01 to 1."));
}

TEST(DescribeCollapse, LeavesOutWhatWasNotMeasured) {
  EXPECT_THAT(collapse_of(counted({2, std::nullopt, 0})),
              testing::ElementsAre("VAE: 2 active units at beta = 0.01, 0 at 1."));
  EXPECT_TRUE(collapse_of(counted({std::nullopt, std::nullopt, std::nullopt})).empty());
  EXPECT_TRUE(collapse_of(swept()).empty());
}

TEST(Sweeps, NamesWithEqualNumbersAreOne) {
  EXPECT_TRUE(same_name("VAE", "VAE"));
  EXPECT_TRUE(same_name("VAE beta=1e-4", "VAE beta=1e-04"));
  EXPECT_TRUE(same_name("VAE beta=1e-4", "VAE beta=0.0001"));
  EXPECT_FALSE(same_name("VAE beta=1e-4", "VAE beta=1e-3"));
  EXPECT_FALSE(same_name("VAE beta=1e-4", "AE beta=1e-04"));
  EXPECT_FALSE(same_name("VAE beta=1e-4", "VAE gamma=1e-04"));
  EXPECT_FALSE(same_name("VAE beta=high", "VAE beta=low"));
  EXPECT_FALSE(same_name("VAE", "VAE beta=1"));
}

TEST(SweepChart, DrawsMeansAndRangesLogarithmicallyOverDecades) {
  const auto comparison = swept();
  MetricTable table;
  table.columns.resize(1);
  table.cells.assign(4, std::vector<MetricCell>(1));
  for (const std::size_t label : {1U, 2U, 3U}) {
    const auto mean = static_cast<double>(label);
    table.cells[label][0].summary = summarise_values({mean - 0.5, mean + 0.5});
  }
  table.cells[3][0] = {};  // Nothing was measured there.
  const auto chart = sweep_chart(find_sweeps(comparison)[0], table, 0, "active units");
  ASSERT_TRUE(chart.has_value());
  ASSERT_EQ(chart->lines.size(), 1U);
  EXPECT_EQ(chart->lines[0].x, (std::vector<double>{0.01, 1.0}));
  EXPECT_EQ(chart->lines[0].y, (std::vector<double>{2.0, 1.0}));
  EXPECT_EQ(chart->ranges.at(0).high, 2.5);
  EXPECT_TRUE(chart->x.logarithmic);
}

TEST(SweepChart, IsNothingWithoutFigures) {
  const auto comparison = swept();
  MetricTable table;
  table.columns.resize(1);
  table.cells.assign(4, std::vector<MetricCell>(1));
  EXPECT_FALSE(sweep_chart(find_sweeps(comparison)[0], table, 0, "").has_value());
}

}  // namespace
}  // namespace rraebench
