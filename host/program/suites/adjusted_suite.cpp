#include "host/program/suites/adjusted_suite.hpp"

#include "host/common/errors.hpp"
#include "host/program/suites/suite_checks.hpp"
#include "rraebench/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace rraebench {

Suite with_budget(Suite suite, double share) {
  const auto text = detail::number_text(share);
  if (!(share > 0.0 && share <= 1.0))
    throw UserError("--scale is " + text + " but must be above 0 and at most 1");
  if (share == 1.0) return suite;
  suite.name += "@" + text;
  for (auto& claim : suite.claims) claim.text += " (with " + text + " of the training)";
  for (auto& comparison : suite.comparisons) comparison.training.scale = share;
  return suite;
}

Suite with_precision(Suite suite, const std::string& precision) {
  if (const auto fault = precision_fault(precision); !fault.empty()) throw UserError("--precision " + fault);
  bool changes = false;
  for (auto& comparison : suite.comparisons) {
    changes = changes || comparison.training.precision != precision;
    comparison.training.precision = precision;
  }
  if (changes) suite.name += "@" + precision;
  return suite;
}

Suite with_kept(Suite suite, const std::vector<std::string>& kinds) {
  for (auto kind = kinds.begin(); kind != kinds.end(); ++kind) {
    if (const auto fault = kind_fault(*kind); !fault.empty()) throw UserError("--keep: " + fault);
    if (std::find(kinds.begin(), kind, *kind) != kind)
      throw UserError(fmt::format("--keep: '{}' stands twice", *kind));
  }
  bool is_left = false;
  for (auto& comparison : suite.comparisons) {
    comparison.keep = possible_kinds(kinds, comparison);
    is_left = is_left || !comparison.keep.empty();
  }
  if (!is_left)
    throw UserError(fmt::format("--keep is {} but no comparison of suite '{}' generates any",
                                fmt::join(kinds, ","), suite.name));
  return suite;
}

}  // namespace rraebench
