#include "reports/render/charts.hpp"

#include "reports/render/chart_axes.hpp"
#include "reports/render/comparison_charts.hpp"
#include "reports/render/svg.hpp"
#include "reports/render/trades.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

Comparison two_labels() {
  Comparison comparison;
  comparison.labels.resize(2);
  comparison.labels[0].label = "AE";
  comparison.labels[0].colour = 4;
  comparison.labels[1].label = "VAE";
  comparison.labels[1].colour = 1;
  return comparison;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(TrainingChart, IsNothingWithoutCurves) {
  EXPECT_FALSE(training_chart(two_labels()).has_value());
}

TEST(TrainingChart, IsLogarithmicForPositiveValuesOnly) {
  auto comparison = two_labels();
  comparison.curves.push_back({0, 0, RunStatus::kOk, "loss", {0, 10}, {1.0, 0.1}});
  EXPECT_TRUE(training_chart(comparison)->y.logarithmic);
  comparison.curves.push_back({1, 0, RunStatus::kOk, "loss", {0, 10}, {1.0, -0.1}});
  EXPECT_FALSE(training_chart(comparison)->y.logarithmic);
}

TEST(TrainingChart, IsLinearWithinADecade) {
  auto comparison = two_labels();
  comparison.curves.push_back({0, 0, RunStatus::kOk, "loss", {0, 10}, {1.0, 0.4}});
  EXPECT_FALSE(training_chart(comparison)->y.logarithmic);
}

TEST(TrainingChart, AStoppedRunIsNoFailure) {
  auto comparison = two_labels();
  comparison.curves.push_back({0, 0, RunStatus::kInterrupted, "loss", {0, 10}, {1.0, 0.4}, true});
  const auto chart = training_chart(comparison);
  EXPECT_FALSE(chart->lines.at(0).failed);
  EXPECT_TRUE(chart->lines.at(0).single);
}

TEST(AxisTicks, OfALogarithmicAxisAreThreeOrMoreFromADecadeOn) {
  const ChartAxis axis{"", true, false, false};
  for (const auto& span : {Span{1.0, 10.0}, Span{1.1, 12.0}, Span{0.03, 0.4}, Span{1.0, 1e6}}) {
    EXPECT_TRUE(spans_a_decade(span));
    const auto ticks = axis_ticks(axis, span);
    EXPECT_GE(ticks.size(), 3U);
    EXPECT_LE(ticks.size(), 11U);
    for (const double tick : ticks) {
      EXPECT_GE(tick, span.low * (1.0 - 1e-6));
      EXPECT_LE(tick, span.high * (1.0 + 1e-6));
    }
  }
  EXPECT_FALSE(spans_a_decade({1.0, 9.0}));
  EXPECT_FALSE(spans_a_decade({0.0, 9.0}));
}

TEST(TrainingChart, ShowsTheMeanOverSeedsAndEndsFailedRunsInACross) {
  auto comparison = two_labels();
  comparison.curves.push_back({0, 0, RunStatus::kOk, "loss", {0, 10, 20}, {4.0, 2.0, 1.0}});
  comparison.curves.push_back({0, 1, RunStatus::kOk, "loss", {0, 20}, {6.0, 3.0}});
  comparison.curves.push_back({1, 3, RunStatus::kDiverged, "loss", {0, 10}, {1.0, 5.0}});
  const auto chart = training_chart(comparison);
  ASSERT_EQ(chart->lines.size(), 4U);
  const auto& mean = chart->lines[2];
  EXPECT_EQ(mean.name, "AE · mean of 2 seeds");
  EXPECT_EQ(mean.style, 4U);
  EXPECT_EQ(mean.x, (std::vector<double>{0.0, 10.0, 20.0}));
  EXPECT_EQ(mean.y, (std::vector<double>{5.0, 3.25, 2.0})) << "between its steps a run is a straight line";
  EXPECT_TRUE(chart->lines[0].single);
  ASSERT_EQ(chart->bands.size(), 1U);
  EXPECT_EQ(chart->bands[0].high, (std::vector<double>{6.0, 4.5, 3.0}));
  EXPECT_EQ(chart->lines[3].name, "VAE · seed 3 (diverged)");
  EXPECT_TRUE(chart->lines[3].failed);
}

TEST(SingularValueChart, IsRelativeToTheFirstAndLeavesOutZeroes) {
  auto comparison = two_labels();
  comparison.spectra.push_back({0, 0, "singular_values", {4.0, 2.0, 0.0}});
  comparison.spectra.push_back({1, 0, "singular_values", {0.0, 0.0}});
  comparison.spectra.push_back({1, 0, "kl_per_dimension", {1.0}});
  const auto chart = singular_value_chart(comparison);
  ASSERT_EQ(chart->lines.size(), 1U);
  EXPECT_EQ(chart->lines[0].x, (std::vector<double>{1.0, 2.0}));
  EXPECT_EQ(chart->lines[0].y, (std::vector<double>{1.0, 0.5}));
}

TEST(BarChart, HasABarADimensionAndReachesToTheSharedTop) {
  const auto chart = bar_chart({0, 0, "kl_per_dimension", {2.0, 0.5}}, 7, 3.0, "nats");
  EXPECT_EQ(chart.bars.size(), 2U);
  EXPECT_EQ(count(render_svg(chart, {}), "<rect"), 2U);
  EXPECT_THAT(render_svg(chart, {}), HasSubstr(">3</text>"));
}

TEST(Svg, PutsValuesWhereTheAxesSay) {
  Chart chart;
  chart.lines.push_back({"a", 0, {0.0, 10.0}, {1.0, 100.0}, false, false, false});
  chart.y.logarithmic = true;
  const auto svg = render_svg(chart, {});
  for (const char* tick : {">1</text>", ">10</text>", ">100</text>", ">0</text>", ">2</text>"})
    EXPECT_THAT(svg, HasSubstr(tick));
  // From the frame's lower left to its upper right corner.
  EXPECT_THAT(svg, HasSubstr("d=\"M48.6 240L468 8\""));
}

TEST(Svg, SurvivesWhatIsFlatEmptyOrHuge) {
  const std::vector<std::vector<double>> odd = {{5.0, 5.0},       {0.0, 0.0},
                                                {-3.0, -3.0},     {1e300, 2e300},
                                                {1e-300, 1e-299}, {0.1, std::nextafter(0.1, 1.0)}};
  for (const auto& values : odd) {
    Chart chart;
    chart.lines.push_back({"a", 0, {1.0, 1.0}, values, true, false, false});
    for (const bool logarithmic : {false, true}) {
      chart.y.logarithmic = logarithmic && values[0] > 0.0;
      const auto svg = render_svg(chart, {});
      EXPECT_THAT(svg, Not(HasSubstr("nan"))) << values[0];
      EXPECT_THAT(svg, Not(HasSubstr("inf"))) << values[0];
    }
  }
  EXPECT_THAT(render_svg(Chart{}, {}), HasSubstr("</svg>"));
}

TEST(Svg, EscapesAndThemes) {
  Chart chart;
  chart.x.title = chart.y.title = "<script>&\"";
  chart.lines.push_back({"<b>", 3, {0.0, 1.0}, {0.0, 1.0}, true, false, false});
  const auto inline_svg = render_svg(chart, {"\"><script>", false, {}});
  EXPECT_THAT(inline_svg, Not(HasSubstr("<script>")));
  EXPECT_THAT(inline_svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(inline_svg, HasSubstr("var(--series-3)"));
  const auto file = render_svg(chart, {"", true, {{"<i>", 3}}});
  EXPECT_THAT(file, HasSubstr("xmlns"));
  EXPECT_THAT(file, HasSubstr("&lt;i&gt;"));
  EXPECT_THAT(file, Not(HasSubstr("var(--")));
}

TEST(Svg, LinesWithoutMarkersDifferInColourOrDash) {
  std::set<std::string> looks;
  for (std::size_t style = 0; style < 32; ++style) {
    Chart chart;
    chart.lines.push_back({"", style, {0.0, 1.0}, {0.0, 1.0}, false, false, false});
    EXPECT_TRUE(looks.insert(render_svg(chart, {})).second) << style;
  }
}

TEST(Svg, ModelsDifferInMoreThanTheirColour) {
  std::set<std::string> looks;
  for (std::size_t style = 0; style < 56; ++style) {
    Chart chart;
    chart.lines.push_back({"", style, {0.0, 1.0}, {0.0, 1.0}, true, false, false});
    EXPECT_TRUE(looks.insert(render_svg(chart, {})).second) << style;
  }
}

TEST(ChartKeys, NameTheModelsThatTheChartShows) {
  auto comparison = two_labels();
  comparison.curves = {{1, 0, RunStatus::kOk, "reconstruction", {1, 2}, {4.0, 3.0}}};
  const auto charts = comparison_charts(comparison);
  ASSERT_EQ(charts.size(), 1U);
  ASSERT_EQ(charts[0].key.size(), 1U);
  EXPECT_EQ(charts[0].key[0].name, "VAE");
}

/// A row a label.
MetricTable table_of(const char* protocol,
                     const std::vector<std::pair<const char*, std::vector<double>>>& columns) {
  MetricTable result;
  result.protocol = protocol;
  result.cells.resize(columns.front().second.size());
  for (const auto& [name, values] : columns) {
    result.columns.emplace_back().name = name;
    for (std::size_t label = 0; label < values.size(); ++label)
      result.cells[label].emplace_back().summary = summarise_values({values[label]});
  }
  return result;
}

TEST(TradeCharts, TheLineLeavesOutWhatIsBeatenAtEqualCost) {
  auto comparison = two_labels();
  comparison.labels.push_back(comparison.labels[0]);
  comparison.tables = {table_of("generate", {{"fid", {73.2, 65.3, 49.8}}})};
  comparison.cost = table_of("cost", {{"parameters", {10.0, 10.0, 20.0}}});
  const auto trades = trade_charts(comparison);
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(trades[0].chart.lines.at(0).y, (std::vector<double>{65.3, 49.8}));
}

TEST(BarCharts, SayHowManyBarsThereWouldBe) {
  Spectrum spectrum;
  spectrum.values = {1.0, 2.0};
  EXPECT_EQ(bar_chart(spectrum, 0, 2.0, "variance").x.title, "dimension");
  spectrum.values.resize(2800, 1.0);
  EXPECT_EQ(bar_chart(spectrum, 0, 2.0, "variance").x.title, "dimension, the first 512 of 2800");
}

TEST(TradeCharts, SetQualityAgainstCost) {
  auto comparison = two_labels();
  comparison.tables = {table_of("generate", {{"fid", {20.0, 30.0}}})};
  comparison.cost = table_of("cost", {{"parameters", {10.0, 10.0}}, {"train_time", {5.0, 9.0}}});
  const auto trades = trade_charts(comparison);
  ASSERT_EQ(trades.size(), 1U) << "equal parameters say nothing";
  EXPECT_EQ(trades[0].title, "FID against training time");
  EXPECT_EQ(trades[0].chart.points.size(), 2U);
  EXPECT_EQ(trades[0].chart.lines.at(0).x, (std::vector<double>{5.0})) << "the slower one is worse in both";
}

/// "VAE" and "VRRAE", each at three betas, a row of `tables` each.
Comparison swept_over_beta(std::vector<MetricTable> tables) {
  Comparison comparison;
  for (const char* model : {"VAE", "VRRAE"})
    for (const char* beta : {"0.1", "0.01", "0.001"}) {
      LabelSummary label;
      label.label = std::string(model) + " beta=" + beta;
      label.model = model;
      label.options = {{"beta", beta}, {"latent", "16"}};
      comparison.labels.push_back(label);
    }
  comparison.tables = std::move(tables);
  return comparison;
}

TEST(RateCharts, JoinASweepFromItsSmallestValueOnWhateverTheRate) {
  const auto comparison =
      swept_over_beta({table_of("reconstruct", {{"relative_error", {40.0, 35.0, 30.0, 41.0, 36.0, 31.0}}}),
                       table_of("collapse", {{"kl_total", {5.0, 20.0, 40.0, 4.0, 44.0, 30.0}}}),
                       table_of("generate", {{"fid", {90.0, 70.0, 60.0, 95.0, 75.0, 65.0}}})});
  const auto trades = trade_charts(comparison);
  std::vector<std::string> titles;
  for (const auto& trade : trades) titles.push_back(trade.title);
  EXPECT_THAT(titles, testing::ElementsAre("Relative error against KL divergence",
                                           "FID against KL divergence", "FID against Relative error"));
  const auto& lines = trades[1].chart.lines;
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].name, "VAE over beta");
  EXPECT_EQ(lines[0].x, (std::vector<double>{40.0, 20.0, 5.0}));
  EXPECT_EQ(lines[0].y, (std::vector<double>{60.0, 70.0, 90.0}));
  EXPECT_EQ(lines[1].name, "VRRAE over beta");
  EXPECT_EQ(lines[1].x, (std::vector<double>{30.0, 44.0, 4.0}));
  EXPECT_EQ(trades[1].chart.points.size(), 6U);
  EXPECT_EQ(trades[2].chart.lines[1].x, (std::vector<double>{31.0, 36.0, 41.0}));
}

TEST(RateCharts, NeedARateAndLeaveOutWhatHasNoFigure) {
  const auto errors = table_of("reconstruct", {{"relative_error", {40.0, 35.0, 30.0, 41.0, 36.0, 31.0}}});
  EXPECT_TRUE(trade_charts(swept_over_beta({errors})).empty());
  auto rates = table_of("collapse", {{"kl_total", {5.0, 20.0, 40.0, 4.0, 44.0, 30.0}}});
  rates.cells[4][0].summary = {};
  const auto trades = trade_charts(swept_over_beta({errors, rates}));
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(trades[0].chart.points.size(), 5U);
  EXPECT_EQ(trades[0].chart.lines[1].y, (std::vector<double>{31.0, 41.0}));
}

}  // namespace
}  // namespace rraebench
