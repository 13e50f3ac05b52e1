#include "datasets/catalog.hpp"

#include "datasets/load.hpp"
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

bool has_option(const DatasetDescription& description, const char* name) {
  return std::any_of(description.options.begin(), description.options.end(),
                     [&](const OptionRule& rule) { return std::strcmp(rule.name, name) == 0; });
}

TEST(CatalogTest, EveryEntryLoadsOrSaysWhichFileIsMissing) {
  const TemporaryFolder empty;
  for (const auto& description : dataset_catalog()) {
    SCOPED_TRACE(description.name);
    std::map<std::string, std::string> given;
    if (has_option(description, "test_count")) given["test_count"] = "3";
    const Options options(description.options, given);
    if (description.files.empty()) {
      const Dataset data = load_dataset(description.name, options, {});
      EXPECT_EQ(data.name, description.name);
      EXPECT_EQ(data.citation, description.citation);
      EXPECT_EQ(data.licence, description.licence);
      EXPECT_EQ(data.fingerprint.size(), 64u);
      EXPECT_GT(data.train.size(), 0);
      EXPECT_EQ(data.test.size(), 3);
      EXPECT_LT(data.value_minimum, data.value_maximum);
    } else {
      try {
        load_dataset(description.name, options, empty.path());
        ADD_FAILURE() << "loaded from an empty folder";
      } catch (const DatasetError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr(description.files.front()),
                                        HasSubstr(empty.path().string()), HasSubstr("--data-dir")));
      }
    }
  }
}

TEST(CatalogTest, EntriesAreCompleteAndDistinct) {
  std::set<std::string> names;
  for (const auto& description : dataset_catalog()) {
    SCOPED_TRACE(description.name);
    EXPECT_TRUE(names.insert(description.name).second);
    for (const char* text : {description.summary, description.shape, description.counts, description.citation,
                             description.licence})
      EXPECT_GT(std::strlen(text), 0u);
    EXPECT_EQ(description.files.empty(), std::strlen(description.folder) == 0);
    EXPECT_TRUE(has_option(description, "normalisation"));
  }
  EXPECT_EQ(names, (std::set<std::string>{"shift", "stairs", "freqs", "gauss", "gaussian2d", "mnist"}));
}

TEST(CatalogTest, EveryDefaultObeysItsOwnRule) {
  for (const auto& description : dataset_catalog())
    for (const auto& rule : description.options)
      EXPECT_NO_THROW(Options(description.options, {{rule.name, rule.default_value}}))
          << description.name << ' ' << rule.name;
}

TEST(CatalogTest, AMistypedNameIsAnsweredWithTheNearest) {
  for (const auto& ask :
       {+[] { dataset_description("gausian2d"); }, +[] { load_dataset("gausian2d", {}, {}); }}) {
    try {
      ask();
      ADD_FAILURE();
    } catch (const OptionError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("gausian2d"), HasSubstr("did you mean 'gaussian2d'?")));
    }
  }
}

TEST(CatalogTest, OptionsOutOfRangeAreRefused) {
  const auto& rules = dataset_description("gaussian2d").options;
  EXPECT_THROW(Options(rules, {{"test_count", "0"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"grid_size", "1"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"size", "100000"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"test_seed", "-1"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"variant", "thesis"}}), OptionError);
  EXPECT_THROW(Options(rules, {{"normalisation", "minmax"}}), OptionError);
}

}  // namespace
}  // namespace rraebench
