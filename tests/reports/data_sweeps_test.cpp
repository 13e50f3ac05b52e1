#include "reports/analysis/data_sweeps.hpp"

#include "reports/render/data_sweep_charts.hpp"
#include "reports/render/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

MetricCell cell_of(double mean) {
  MetricCell cell;
  cell.summary = summarise_values({mean - 1.0, mean + 1.0});
  return cell;
}

/// AE, and VAE where it has a figure.
Comparison comparison_of(const std::string& name, double ae, std::optional<double> vae) {
  Comparison comparison;
  comparison.suite = "curves";
  comparison.name = name;
  MetricTable table;
  table.protocol = "reconstruct";
  table.columns.push_back({"reconstruct", "relative_error", "", "test", "%", "lower", "", "", 0, 0});
  LabelSummary label;
  label.label = "AE";
  comparison.labels.push_back(label);
  table.cells.push_back({cell_of(ae)});
  label.label = "VAE";
  label.colour = 1;
  comparison.labels.push_back(label);
  table.cells.push_back({vae ? cell_of(*vae) : MetricCell{}});
  table.best.resize(1);
  comparison.tables.push_back(table);
  return comparison;
}

std::vector<Comparison> swept_data() {
  return {comparison_of("small grid_size=24", 3.0, 4.0), comparison_of("other", 1.0, 1.0),
          comparison_of("small grid_size=5", 9.0, 8.0), comparison_of("small grid_size=7", 7.0, std::nullopt),
          comparison_of("alone size=3", 1.0, 1.0)};
}

TEST(FindDataSweeps, OrdersTheComparisonsByTheOptionsValue) {
  const auto sweeps = find_data_sweeps(swept_data());
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].suite, "curves");
  EXPECT_EQ(sweeps[0].name, "small");
  EXPECT_EQ(sweeps[0].option, "grid_size");
  ASSERT_EQ(sweeps[0].points.size(), 3U);
  EXPECT_EQ(sweeps[0].points[0].value, 5.0);
  EXPECT_EQ(sweeps[0].points[0].comparison, 2U);
  EXPECT_EQ(sweeps[0].points[2].comparison, 0U);
}

TEST(FindDataSweeps, TakesNoOtherNames) {
  for (const char* name : {"a=1", "a b", "a b=", "a b=x", "a b=1x"})
    EXPECT_TRUE(find_data_sweeps({comparison_of(name, 1.0, 1.0), comparison_of("a b=2", 1.0, 1.0)}).empty())
        << name;
  auto others = swept_data();
  others[0].suite = "another";
  others[2].suite = "a third";
  EXPECT_TRUE(find_data_sweeps(others).empty());
}

TEST(DataSweepCharts, HaveALineAModelThroughWhatWasMeasured) {
  const auto comparisons = swept_data();
  const auto charts = data_sweep_charts(find_data_sweeps(comparisons)[0], comparisons);
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_THAT(charts[0].title, HasSubstr("over grid_size"));
  ASSERT_EQ(charts[0].chart.lines.size(), 2U);
  EXPECT_THAT(charts[0].chart.lines[0].x, ElementsAre(5.0, 7.0, 24.0));
  EXPECT_THAT(charts[0].chart.lines[0].y, ElementsAre(9.0, 7.0, 3.0));
  EXPECT_THAT(charts[0].chart.lines[1].x, ElementsAre(5.0, 24.0));
  EXPECT_EQ(charts[0].chart.ranges.front().low, 8.0);
}

TEST(DataSweepCharts, StandInTheReport) {
  ComparisonReport report;
  report.comparisons = swept_data();
  for (auto& comparison : report.comparisons) comparison.cost.cells.resize(comparison.labels.size());
  EXPECT_THAT(render_html(report), HasSubstr("small over grid_size"));
  for (auto& comparison : report.comparisons) comparison.tables.clear();
  EXPECT_THAT(render_html(report), Not(HasSubstr("small over grid_size"))) << "a heading without charts";
}

}  // namespace
}  // namespace rraebench
