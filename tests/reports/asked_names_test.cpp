#include "reports/analysis/asked_names.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(AskedNames, MeanTheirOwnAndEqualNumbersOfASweep) {
  EXPECT_TRUE(is_asked_for({"AE", "VAE beta=1e-4"}, "VAE beta=1e-04"));
  EXPECT_FALSE(is_asked_for({"AE", "VAE beta=1e-4"}, "VAE beta=1e-03"));
  EXPECT_FALSE(is_asked_for({"AE"}, "VAE"));
  EXPECT_FALSE(is_asked_for({}, "VAE"));
}

TEST(AskedNames, AreShellPatternsToo) {
  EXPECT_TRUE(is_asked_for({"VAE*"}, "VAE beta=0.001"));
  EXPECT_TRUE(is_asked_for({"*beta=0.001"}, "VRRAE beta=0.001"));
  EXPECT_TRUE(is_asked_for({"VAE beta=1e-0[34]"}, "VAE beta=1e-04"));
  EXPECT_FALSE(is_asked_for({"VAE*"}, "VRRAE beta=0.001"));
  EXPECT_FALSE(is_asked_for({"*beta=0.001"}, "VRRAE beta=0.002"));
}

TEST(AskedNames, ANameWithASignOfPatternsMeansItself) {
  EXPECT_TRUE(is_asked_for({"AE [long]"}, "AE [long]"));
  EXPECT_TRUE(is_asked_for({"VAE*"}, "VAE*"));
  EXPECT_FALSE(is_asked_for({"AE [long"}, "AE l"));
}

TEST(AskedNames, AreKnownWhereTheyMeanAny) {
  EXPECT_TRUE(means_any("*/fid", {"fid", "generate/fid"}));
  EXPECT_TRUE(means_any("fid", {"fid", "generate/fid"}));
  EXPECT_FALSE(means_any("*/kid", {"fid", "generate/fid"}));
}

}  // namespace
}  // namespace rraebench
