#include "reports/analysis/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kSpec =
    R"({"dataset": "gaussian2d", "dataset_options": {"size": "32", "test_count": "0"},
  "dataset_fingerprint": "abcdef0123456789", "sample_counts": {"train": 100, "test": 1000},
  "network_family": "mlp", "network_options": {"encoder_width": "64"}, "options": {"latent": "2", "beta": "0.1"},
  "training": {"optimiser": "adabelief", "batch_size": 20, "precision": "bfloat16", "scale": 0.5, "stagnation_window": 0,
               "stages": [{"learning_rate": 0.001, "steps": 1500, "epochs": 0},
                          {"learning_rate": 0.0001, "steps": 0, "epochs": 1}], "fine_tuning": []},
  "extractor": "pca:8", "reference_split": "test", "features": {"metrics": ["fid"], "neighbours": 5, "bootstrap": 0},
  "interpolates": true, "interpolation": {"kind": "pairs", "pairs": 20, "steps": 5, "sets": 2},
  "generates": true, "generation": {"count": 500, "samplers": ["prior", "gaussian"]}, "device": "cpu"})";

TEST(SettingsOf, SaysWhatWasRunInWords) {
  const auto settings = settings_of(kSpec);
  EXPECT_THAT(settings,
              Contains(Pair("Data", "gaussian2d · size=32 · 100 train, 1000 test · SHA-256 abcdef01")));
  EXPECT_THAT(settings, Contains(Pair("Network", "mlp · encoder_width=64")));
  EXPECT_THAT(settings, Contains(Pair("Training",
                                      "adabelief, batch 20; 1500 steps at 0.001, 1 epoch at 0.0001; of "
                                      "which a share of 0.5; networks in bfloat16")));
  EXPECT_THAT(settings, Contains(Pair("Interpolation", "20 pairs, 5 steps between, 2 sets")));
  EXPECT_THAT(settings, Contains(Pair("Generation", "500 samples by prior, gaussian")));
}

TEST(SettingsOf, IsNothingForWhatCannotBeRead) {
  for (const char* odd : {"", "{}", "[]", "not JSON", "{\"training\": 3, \"options\": 4}"})
    EXPECT_NO_THROW(settings_of(odd)) << odd;
  EXPECT_THAT(settings_of("{}"), IsEmpty());
  EXPECT_THAT(model_options("{\"options\": 4}"), IsEmpty());
}

TEST(SplitSettings, KeepsApartWhatDiffers) {
  const auto [common, own] =
      split_settings({{{"Data", "a"}, {"Network", "x"}}, {{"Data", "a"}, {"Network", "y"}}, {}});
  EXPECT_THAT(common, ElementsAre(Pair("Data", "a")));
  EXPECT_THAT(own,
              ElementsAre(ElementsAre(Pair("Network", "x")), ElementsAre(Pair("Network", "y")), IsEmpty()));
}

TEST(OptionLines, BeginWithWhatDiffers) {
  EXPECT_THAT(
      option_lines({{{"beta", "1"}, {"latent", "2"}, {"rank", "2"}}, {{"beta", "1"}, {"latent", "3"}}}),
      ElementsAre("latent=2, rank=2, beta=1", "latent=3, beta=1"));
}

}  // namespace
}  // namespace rraebench
