#include "host/program/running/run_comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

RunRecord record() {
  RunRecord run;
  MetricRecord metric;
  metric.protocol = "reconstruct";
  metric.name = "relative_error";
  metric.split = "test";
  metric.value = 2.5;
  run.metrics.push_back(metric);
  metric.name = "seconds_per_100_steps";
  run.metrics.push_back(metric);
  run.curve = {{"loss", 1, 3.0}, {"loss", 2, 1.0}};
  run.spectra = {{"singular_values", {10.0, 1e-9}}};
  run.images = {{"generate", "samples", "prior", "caption", 1, 1, "bytes"}};
  return run;
}

const ComparedFigure& named(const std::vector<ComparedFigure>& figures, const std::string& name) {
  for (const auto& figure : figures)
    if (figure.name == name) return figure;
  throw std::invalid_argument("no figure " + name);
}

TEST(CompareRuns, EqualRunsAreEqualInAllButTimes) {
  auto again = record();
  again.metrics[1].value = 9.0;
  const auto figures = compare_runs(record(), again);
  EXPECT_EQ(figures.size(), 4U);
  for (const auto& figure : figures) EXPECT_EQ(figure.agreement, Agreement::kBitwise) << figure.name;
}

TEST(CompareRuns, DifferencesCountRelativeToTheFigureOrTheLargestOfAList) {
  auto again = record();
  again.metrics[0].value = 2.5 * (1.0 + 1e-7);
  again.curve[1].value = 1.001;
  again.spectra[0].values[1] = 3e-9;  // Rounding beside the leading value.
  const auto figures = compare_runs(record(), again);
  const auto& error = named(figures, "reconstruct relative_error test");
  EXPECT_EQ(error.agreement, Agreement::kWithinTolerance);
  EXPECT_NEAR(error.difference, 1e-7, 1e-9);
  EXPECT_EQ(named(figures, "curve loss").agreement, Agreement::kDifferent);
  EXPECT_EQ(named(figures, "spectrum singular_values").agreement, Agreement::kWithinTolerance);
}

TEST(CompareRuns, WhatOneSideLacksIsDifferent) {
  auto again = record();
  again.metrics[0].variant = "other";
  again.spectra[0].values.push_back(0.0);
  again.images[0].content = "no picture";
  const auto figures = compare_runs(record(), again);
  EXPECT_EQ(named(figures, "reconstruct relative_error test").again, "missing");
  EXPECT_EQ(named(figures, "reconstruct relative_error other test").stored, "missing");
  EXPECT_EQ(named(figures, "spectrum singular_values").agreement, Agreement::kDifferent);
  EXPECT_EQ(named(figures, "picture generate samples prior").agreement, Agreement::kDifferent);
}

TEST(CompareRuns, PicturesOfCurvesAreComparedPointByPoint) {
  const auto with_curves = [](const std::string& content) {
    auto run = record();
    run.images[0].format = kCurvesPicture;
    run.images[0].content = content;
    return run;
  };
  const auto stored = with_curves("[[[0,1,null]]]");
  const auto agreement = [&](const RunRecord& again) {
    return named(compare_runs(stored, again), "picture generate samples prior").agreement;
  };
  EXPECT_EQ(agreement(stored), Agreement::kBitwise);
  EXPECT_EQ(agreement(with_curves("[[[0.00001,1,null]]]")), Agreement::kWithinTolerance);
  EXPECT_EQ(agreement(with_curves("[[[0.1,1,null]]]")), Agreement::kDifferent);
  EXPECT_EQ(agreement(with_curves("[[[0,1]]]")), Agreement::kDifferent);
  EXPECT_EQ(agreement(with_curves("damaged")), Agreement::kDifferent);
  EXPECT_EQ(agreement(record()), Agreement::kDifferent);
}

TEST(CompareRuns, ANumberThatIsNoneIsEqualToNoneAlone) {
  auto stored = record();
  stored.metrics[0].value = std::nan("");
  EXPECT_EQ(compare_runs(stored, stored)[0].agreement, Agreement::kBitwise);
  EXPECT_EQ(compare_runs(stored, record())[0].agreement, Agreement::kDifferent);
}

}  // namespace
}  // namespace rraebench
