#include "rraebench/options.hpp"

#include "rraebench/architecture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

const std::vector<OptionRule> kRules = {
    {"latent", OptionType::kInteger, "16", "size", 1, 100},
    {"beta", OptionType::kReal, "1e-3", "weight", 0},
    {"linear", OptionType::kBoolean, "false", "switch"},
    {"kind", OptionType::kText, "eye", "which", 0, 0, "eye|trainable"},
};

std::string error_of(const std::map<std::string, std::string>& given) {
  try {
    const Options options(kRules, given);
  } catch (const OptionError& error) {
    return error.what();
  }
  return "";
}

TEST(Options, FillsInDefaults) {
  const Options options(kRules, {});
  EXPECT_EQ(options.integer("latent"), 16);
  EXPECT_DOUBLE_EQ(options.real("beta"), 1e-3);
  EXPECT_FALSE(options.boolean("linear"));
  EXPECT_EQ(options.text("kind"), "eye");
}

TEST(Options, EqualValuesHaveOneSpelling) {
  EXPECT_EQ(Options(kRules, {{"beta", "0.0010"}}).values(), Options(kRules, {}).values());
  EXPECT_EQ(Options(kRules, {{"beta", "5"}}).text("beta"), Options(kRules, {{"beta", "5.0"}}).text("beta"));
}

TEST(Options, ErrorsNameOptionValueAndRemedy) {
  EXPECT_THAT(error_of({{"latnt", "3"}}), HasSubstr("no option 'latnt': did you mean 'latent'?"));
  EXPECT_THAT(error_of({{"latent", "0"}}), HasSubstr("option 'latent' is '0' but must be at least 1"));
  EXPECT_THAT(error_of({{"latent", "101"}}), HasSubstr("at most 100"));
  EXPECT_THAT(error_of({{"latent", "3.5"}}), HasSubstr("an integer"));
  EXPECT_THAT(error_of({{"latent", "99999999999999999999"}}), HasSubstr("an integer"));
  EXPECT_THAT(error_of({{"latent", ""}}), HasSubstr("an integer"));
  EXPECT_THAT(error_of({{"beta", "nan"}}), HasSubstr("a finite number"));
  EXPECT_THAT(error_of({{"beta", "-1"}}), HasSubstr("at least 0"));
  EXPECT_THAT(error_of({{"linear", "yes"}}), HasSubstr("true or false"));
  EXPECT_THAT(error_of({{"kind", "ey"}}), HasSubstr("one of eye, trainable"));
}

TEST(Options, WhatBoundsAnIntegerIsForThePlanNotForItsOwnCheck) {
  constexpr OptionRule kRank =
      bounded_by({"rank", OptionType::kInteger, "16", "modes", 1, 64}, "latent|batch");
  EXPECT_EQ(canonical_option(kRank, "32"), "32");
  EXPECT_EQ(detail::split_choices(kRank.choices), (std::vector<std::string>{"latent", "batch"}));
  EXPECT_THROW(canonical_option(kRank, "65"), OptionError);
}

TEST(Options, ReadingAnUndeclaredNameIsAProgrammersError) {
  const Options options(kRules, {});
  EXPECT_THROW(options.integer("ranks"), std::logic_error);
  EXPECT_THROW(options.integer("kind"), std::logic_error);
}

TEST(Suggest, NamesTheNearestOrAll) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(suggest_name("rrae-stron", {"ae", "rrae-strong"}), "did you mean 'rrae-strong'?");
  EXPECT_EQ(suggest_name("zebra", {"ae", "vae"}), "known: ae, vae");
}

TEST(Architecture, UnknownFamilyAndOptionAreErrors) {
  EXPECT_THROW(make_architecture("mpl", {}), OptionError);
  EXPECT_THROW(make_architecture("mlp", {{"depth", "3"}}), OptionError);
  EXPECT_EQ(make_architecture("mlp", {{"encoder_depth", "2"}}).options.integer("encoder_depth"), 2);
}

}  // namespace
}  // namespace rraebench
