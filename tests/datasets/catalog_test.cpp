#include "datasets/catalog.hpp"

#include "datasets/error.hpp"
#include "datasets/load.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Ne;
using ::testing::Not;

bool has_option(const DatasetDescription& description, const char* name) {
  return std::any_of(description.options.begin(), description.options.end(),
                     [&](const OptionRule& rule) { return std::strcmp(rule.name, name) == 0; });
}

TEST(CatalogTest, EveryEntryLoadsOrSaysWhichFileIsMissing) {
  const TemporaryFolder empty;
  for (const auto& source : data_sources()) {
    const auto& description = source.description;
    SCOPED_TRACE(description.name);
    std::map<std::string, std::string> given;
    if (has_option(description, "test_count")) given["test_count"] = "3";
    const Options options(description.options, given);
    const auto presence = source.locate(empty.path());
    if (presence.text == "embedded") {
      EXPECT_TRUE(presence.present);
      const Dataset data = load_dataset(description.name, options, {});
      EXPECT_EQ(data.name, description.name);
      EXPECT_EQ(data.citation, description.citation);
      EXPECT_EQ(data.licence, description.licence);
      EXPECT_EQ(data.fingerprint.size(), 64u);
      EXPECT_GT(data.train.size(), 0);
      EXPECT_EQ(data.test.size(), 3);
      EXPECT_LT(data.value_minimum, data.value_maximum);
    } else {
      EXPECT_FALSE(presence.present);
      const auto text = complaint_of<DatasetError>([&] {
        load_dataset(description.name, options, {empty.path(), empty / "cache"});
      });
      EXPECT_THAT(text, AllOf(Ne(kNoComplaint), Not(HasSubstr("\n")))) << "from an empty folder";
      // What must be named for the user to give files has no place to be looked for.
      if (description.argument_options.empty()) {
        EXPECT_THAT(text, AllOf(HasSubstr(empty.path().string()), HasSubstr("--data-dir")));
      }
    }
  }
}

TEST(CatalogTest, EntriesAreCompleteAndDistinct) {
  std::set<std::string> names;
  for (const auto& source : data_sources()) {
    const auto& description = source.description;
    SCOPED_TRACE(description.name);
    EXPECT_TRUE(names.insert(description.name).second);
    for (const char* text : {description.summary, description.shape, description.counts, description.citation,
                             description.licence})
      EXPECT_GT(std::strlen(text), 0u);
    EXPECT_TRUE(has_option(description, "normalisation"));
    EXPECT_TRUE(has_option(description, "validation_count") || has_option(description, "validation"));
    for (const auto& option : description.argument_options)
      EXPECT_TRUE(has_option(description, option.c_str())) << option;
  }
  EXPECT_THAT(names, IsSupersetOf({"shift", "stairs", "freqs", "gauss", "gaussian2d", "mnist",
                                   "fashion-mnist", "cifar10"}));
}

TEST(CatalogTest, EveryDefaultObeysItsOwnRule) {
  for (const auto& source : data_sources())
    for (const auto& rule : source.description.options) {
      ASSERT_NE(rule.default_value, nullptr) << source.description.name << ' ' << rule.name;
      EXPECT_NO_THROW(canonical_option(rule, rule.default_value))
          << source.description.name << ' ' << rule.name;
    }
}

TEST(CatalogTest, AMistypedNameIsAnsweredWithTheNearest) {
  for (const auto& ask :
       {+[] { dataset_description("gausian2d"); }, +[] { load_dataset("gausian2d", {}, {}); }})
    EXPECT_THAT(complaint_of<OptionError>(ask),
                AllOf(HasSubstr("gausian2d"), HasSubstr("did you mean 'gaussian2d'?")));
}

TEST(CatalogTest, ANameWithoutAColonIsTakenAsItIs) {
  const auto choice = choose_dataset("mnist", {{"train_count", "5"}});
  EXPECT_EQ(choice.name, "mnist");
  EXPECT_EQ(choice.options, (std::map<std::string, std::string>{{"train_count", "5"}}));
  EXPECT_THROW(choose_dataset("mnits", {}), OptionError);
  EXPECT_THROW(choose_dataset("mnist:/data/mnist", {}), OptionError);
}

TEST(CatalogTest, OptionsOutOfRangeAreRefused) {
  const auto& rules = dataset_description("gaussian2d").options;
  EXPECT_THROW(Options(rules, {{"test_count", "0"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"grid_size", "1"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"size", "100000"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"test_seed", "-1"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"variant", "thesis"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"normalisation", "whiten"}}), OptionError);
}

}  // namespace
}  // namespace rraebench
