#include "host/program/planning/spec_differences.hpp"

#include "host/common/cell.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rraebench {
namespace {

RunSpec spec() {
  RunSpec spec;
  spec.plugin_sha256 = "abc";
  spec.options = {{"beta", "0.1"}};
  spec.training.stages = {{1e-3, 100, 0}, {1e-4, 50, 0}};
  return spec;
}

TEST(SpecDifferences, AreNamedWithBothValues) {
  auto changed = spec();
  EXPECT_EQ(spec_differences(to_json(spec()), to_json(changed)), "");
  changed.options["beta"] = "0.2";
  changed.training.stages[1].steps = 70;
  changed.plugin_sha256 = "def";
  EXPECT_EQ(spec_differences(to_json(spec()), to_json(changed)),
            "options.beta 0.1 -> 0.2, plugin_sha256 changed, training.stages.1.steps 50 -> 70");
}

TEST(SpecDifferences, OfKeysThatOneDoesNotHave) {
  auto changed = spec();
  changed.options = {{"rank", "3"}};
  changed.training.stages.pop_back();
  EXPECT_EQ(spec_differences(to_json(spec()), to_json(changed)),
            "options.beta 0.1 -> none, options.rank none -> 3, training.stages.1.epochs 0 -> none, "
            "training.stages.1.learning_rate 0.0001 -> none and 1 more");
}

}  // namespace
}  // namespace rraebench
