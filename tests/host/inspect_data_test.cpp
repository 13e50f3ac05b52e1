#include "host/worker/inspect_data.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace rraebench {
namespace {

TEST(InspectDatasets, TellsWhatThereIsAndWhichNetworksDoNotFit) {
  const TemporaryFolder folder;
  const auto place = folder.path().string();
  nlohmann::json request = {{"data_dir", place}, {"cache_dir", place}};
  request["datasets"] = nlohmann::json::parse(
      R"([{"name": "shift", "options": {"test_count": "5"}, "networks": ["mlp", "cnn-rrae"]}])");
  const auto answer =
      inspect_datasets(request, [](const std::string&, std::int64_t, std::int64_t) {}, /*waiting=*/{});
  EXPECT_TRUE(answer.at("cuda").is_boolean());
  ASSERT_EQ(answer.at("datasets").size(), 1U);
  const auto& facts = answer.at("datasets")[0];
  EXPECT_EQ(facts.at("name"), "shift");
  EXPECT_EQ(facts.at("sample_shape"), nlohmann::json::array({200}));
  EXPECT_EQ(facts.at("sample_counts").at("train"), 17);
  EXPECT_EQ(facts.at("sample_counts").at("test"), 5);
  const double root = std::sqrt(2.0);  // A sine's, over its standard deviation.
  EXPECT_NEAR(facts.at("normalised_range")[0].get<double>(), -root, 0.02);
  EXPECT_NEAR(facts.at("normalised_range")[1].get<double>(), root, 0.02);
  EXPECT_EQ(facts.at("has_labels"), false);
  EXPECT_EQ(facts.at("has_grid"), true);
  ASSERT_EQ(facts.at("network_faults").size(), 1U);
  EXPECT_THAT(facts.at("network_faults").at("cnn-rrae").get<std::string>(),
              testing::HasSubstr("needs square images C x H x H, got 200"));
}

}  // namespace
}  // namespace rraebench
