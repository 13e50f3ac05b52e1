// Every plugin of this build passes every check, and plugins that break a promise fail the check of it.
#include "built_plugins.hpp"
#include "host/worker/conformance/checks.hpp"
#include "plugin_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

namespace rraebench {
namespace {

using testing::HasSubstr;

class PluginConformance : public testing::TestWithParam<std::tuple<const char*, ConformanceCheck>> {};

TEST_P(PluginConformance, Holds) {
  const auto& [file, check] = GetParam();
  SCOPED_TRACE(check.promise);
  const PluginLibrary plugin(file);
  for (const auto& rule : declared_options(plugin))
    if (rule.default_value == nullptr)
      GTEST_SKIP() << "it needs '" << rule.name << "', as its own test gives it";
  EXPECT_NO_THROW(check.run(plugin));
}

std::string name_of(const testing::TestParamInfo<PluginConformance::ParamType>& info) {
  auto name = std::filesystem::path(std::get<0>(info.param)).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name + "_" + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(Plugins, PluginConformance,
                         testing::Combine(testing::ValuesIn(kPluginFiles),
                                          testing::ValuesIn(conformance_checks())),
                         name_of);

struct Variant {
  const char* plugin;
  const char* name;
  std::map<std::string, std::string> options;
};

/// Options that change what a model computes keep the same promises.
const Variant kVariants[] = {
    {"rrae-strong", "centred", {{"centre", "true"}}},
    // Of such a beta that the adaptive weight is seen where errors are large yet.
    {"vae", "adaptive", {{"beta_rule", "adaptive"}, {"beta", "1000"}}},
    {"vae", "warmed_up", {{"beta_warmup", "50"}, {"free_bits", "0.1"}, {"beta", "0.1"}}},
    {"vrrae", "linear", {{"mean", "linear"}}},
    {"vrrae", "whitened", {{"mean", "whitened"}}},
    {"vrrae", "centred", {{"centre", "true"}}},
    {"vrrae", "centred_whitened", {{"centre", "true"}, {"mean", "whitened"}}},
    {"vrrae", "singular_noise", {{"noise", "singular"}, {"noise_strength", "0.5"}}},
    {"vrrae", "adaptive", {{"beta_rule", "adaptive"}, {"beta", "1000"}}},
    {"vrrae", "warmed_up", {{"beta_warmup", "50"}, {"free_bits", "0.1"}, {"beta", "0.1"}}},
    {"linear-bottleneck", "variational", {{"variational", "true"}}},
    {"linear-bottleneck",
     "warmed_up",
     {{"variational", "true"}, {"beta_warmup", "50"}, {"free_bits", "0.1"}, {"beta", "0.1"}}},
    {"sparse-ae", "one_mean", {{"activity", "all"}, {"weight", "100"}}},
    {"contractive-ae", "summed", {{"reduction", "sum"}, {"weight", "1"}}},
};

class VariantConformance : public testing::TestWithParam<std::tuple<Variant, ConformanceCheck>> {};

TEST_P(VariantConformance, Holds) {
  const auto& [variant, check] = GetParam();
  SCOPED_TRACE(check.promise);
  EXPECT_NO_THROW(check.run(TriedPlugin(built_plugin(variant.plugin), variant.options)));
}

std::string name_of_variant(const testing::TestParamInfo<VariantConformance::ParamType>& info) {
  auto name = std::string(std::get<0>(info.param).plugin) + "_" + std::get<0>(info.param).name + "_" +
              std::get<1>(info.param).name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Variants, VariantConformance,
                         testing::Combine(testing::ValuesIn(kVariants),
                                          testing::ValuesIn(conformance_checks())),
                         name_of_variant);

/// What the named check says of the plugin; empty where it passes.
std::string fault_of(const std::string& plugin, const std::string& name) {
  for (const auto& check : conformance_checks()) {
    if (check.name != name) continue;
    try {
      check.run(built_plugin(plugin));
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  return "no check '" + name + "'";
}

TEST(ConformanceChecks, FindWhatIsWrong) {
  EXPECT_THAT(fault_of("bad-throws", "shapes"), HasSubstr("this model refuses to learn"));
  EXPECT_THAT(fault_of("bad-nan", "shapes"), HasSubstr("not finite"));
  EXPECT_THAT(fault_of("bad-wrong-shape", "shapes"), HasSubstr("decode"));
  EXPECT_THAT(fault_of("bad-promises", "description"), HasSubstr("option 'rate' has no help"));
  EXPECT_THAT(fault_of("bad-promises", "parameters"), HasSubstr("parameter 'idle' has no part in the loss"));
  EXPECT_THAT(fault_of("bad-promises", "finite_differences"), HasSubstr("finite differences give"));
  EXPECT_THAT(fault_of("bad-promises", "parameter_groups"), HasSubstr("parameter_groups() hold 0"));
  EXPECT_THAT(fault_of("bad-promises", "registration"), HasSubstr("is in no parameter group"));
  EXPECT_THAT(fault_of("bad-unregistered", "registration"), HasSubstr("was a module held as a member"));
  EXPECT_THAT(fault_of("bad-forgets", "saving"), HasSubstr("reconstructs otherwise"));
  EXPECT_THAT(fault_of("bad-other-mean", "determinism"), HasSubstr("the posterior's mean"));
  EXPECT_THAT(fault_of("bad-promises", "learning"), HasSubstr("300 steps"));
  EXPECT_THAT(fault_of("bad-promises", "finalise"), HasSubstr("a second finalise()"));
#ifndef __SANITIZE_ADDRESS__  // Its memory is not malloc's, which is what is counted.
  EXPECT_THAT(fault_of("bad-promises", "finalise_memory"), HasSubstr("keeps something of every sample"));
#endif
  EXPECT_THAT(fault_of("bad-promises", "determinism"), HasSubstr("encode() gives one answer"));
  EXPECT_THAT(fault_of("bad-promises", "saving"), HasSubstr("reconstructs otherwise"));
  EXPECT_THAT(fault_of("bad-promises", "resuming"), HasSubstr("goes on with another loss"));
  EXPECT_THAT(fault_of("bad-promises", "consistency"), HasSubstr("where the loss is"));
}

}  // namespace
}  // namespace rraebench
