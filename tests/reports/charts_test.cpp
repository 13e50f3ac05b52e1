#include "reports/render/charts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rraebench {
namespace {

using Json = nlohmann::json;

Comparison two_labels() {
  Comparison comparison;
  comparison.labels.resize(2);
  comparison.labels[0].label = "AE";
  comparison.labels[0].colour = 4;
  comparison.labels[1].label = "VAE";
  comparison.labels[1].colour = 1;
  return comparison;
}

Json find_scale(const Json& spec, const std::string& name) {
  for (const auto& scale : spec.at("scales"))
    if (scale.at("name") == name) return scale;
  return nullptr;
}

TEST(TrainingChart, IsNothingWithoutCurves) {
  EXPECT_TRUE(training_chart(two_labels()).is_null());
}

TEST(TrainingChart, IsLogarithmicForPositiveValuesOnly) {
  auto comparison = two_labels();
  comparison.curves.push_back({0, 0, RunStatus::kOk, "loss", {0, 10}, {1.0, 0.1}});
  EXPECT_EQ(find_scale(training_chart(comparison), "y").at("type"), "log");
  comparison.curves.push_back({1, 0, RunStatus::kOk, "loss", {0, 10}, {1.0, -0.1}});
  EXPECT_EQ(find_scale(training_chart(comparison), "y").at("type"), "linear");
}

TEST(TrainingChart, ColoursLabelsByTheirNumberAndDashesFailedRuns) {
  auto comparison = two_labels();
  comparison.curves.push_back({0, 0, RunStatus::kOk, "loss", {0, 10}, {1.0, 0.1}});
  comparison.curves.push_back({1, 3, RunStatus::kDiverged, "loss", {0, 10}, {1.0, 5.0}});
  const auto spec = training_chart(comparison);
  const auto colour = find_scale(spec, "colour");
  EXPECT_EQ(colour.at("domain"), Json({"AE", "VAE"}));
  EXPECT_EQ(colour.at("range"), Json({4, 1}));
  const auto& runs = spec.at("data").at(0).at("values");
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].at("dash"), Json({1, 0}));
  EXPECT_EQ(runs[1].at("run"), "VAE · seed 3 (diverged)");
  EXPECT_NE(runs[1].at("dash"), Json({1, 0}));
  EXPECT_EQ(runs[1].at("y"), Json({1.0, 5.0}));
}

TEST(SingularValueChart, IsRelativeToTheFirstAndLeavesOutZeroes) {
  auto comparison = two_labels();
  comparison.spectra.push_back({0, 0, "singular_values", {4.0, 2.0, 0.0}});
  comparison.spectra.push_back({1, 0, "singular_values", {0.0, 0.0}});
  comparison.spectra.push_back({1, 0, "kl_per_dimension", {1.0}});
  const auto spec = singular_value_chart(comparison);
  const auto& runs = spec.at("data").at(0).at("values");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("x"), Json({1, 2}));
  EXPECT_EQ(runs[0].at("y"), Json({1.0, 0.5}));
}

TEST(LogarithmicAxis, HasPowersOfTen) {
  auto comparison = two_labels();
  comparison.spectra.push_back({0, 0, "singular_values", {1.0, 0.1, 0.002}});
  const auto spec = singular_value_chart(comparison);
  EXPECT_EQ(spec.at("axes").at(1).at("values").size(), 4U);
}

TEST(BarChart, HasABarADimension) {
  const auto spec = bar_chart({0, 0, "kl_per_dimension", {2.0, 0.5}}, 7, 3.0, "nats");
  EXPECT_EQ(spec.at("data").at(0).at("values").size(), 2U);
  EXPECT_EQ(find_scale(spec, "y").at("domain"), Json({0.0, 3.0}));
  EXPECT_EQ(find_scale(spec, "colour").at("range"), Json({7}));
}

}  // namespace
}  // namespace rraebench
