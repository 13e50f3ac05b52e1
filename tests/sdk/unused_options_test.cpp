#include "rraebench/unused_options.hpp"

#include "tests/support/complaint.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace rraebench {
namespace {

constexpr OptionRule kUnusedRules[] = {
    {"beta", OptionType::kReal, "1e-3", "weight", 0},
    {"warmup", OptionType::kInteger, "0", "steps", 0},
    one_of({"rule", OptionType::kText, "constant", "how"}, "constant|adaptive"),
};

std::string refusal(const std::map<std::string, std::string>& given) {
  const Options options({std::begin(kUnusedRules), std::end(kUnusedRules)}, given);
  return complaint_of<std::invalid_argument>([&] {
    require_defaults(kUnusedRules, options, {"beta", "rule"}, "there is no KL");
  });
}

TEST(RequireDefaults, NamesTheOptionItsValueAndTheReason) {
  EXPECT_EQ(refusal({{"beta", "0.2"}}), "option 'beta' is 0.2 but there is no KL; leave it out");
  EXPECT_EQ(refusal({{"rule", "adaptive"}}), "option 'rule' is adaptive but there is no KL; leave it out");
}

TEST(RequireDefaults, TakesDefaultsInAnySpellingAndOptionsThatItIsNotAskedFor) {
  EXPECT_EQ(refusal({}), kNoComplaint);
  EXPECT_EQ(refusal({{"beta", "0.0010"}, {"rule", "constant"}, {"warmup", "7"}}), kNoComplaint);
}

}  // namespace
}  // namespace rraebench
