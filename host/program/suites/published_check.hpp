#pragma once
// Implements: whether a suite's published figure can meet one that its runs measure, and how its model is
// labelled.

#include "host/program/suites/suite.hpp"

#include <optional>
#include <string>

namespace rraebench {

/// The label as the comparison's models have it: a sweep's value may be written in another way ("VAE
/// beta=1e-4" for "VAE beta=1e-04").
std::string label_in(const SuiteComparison& comparison, const std::string& label);

struct PublishedMismatch {
  std::string key;   // Of the published entry: "label", "name", "protocol", "variant" or "split".
  std::string what;  // "is 'tset' but must be test", a line.
};

/// Holds `record` against the comparison's models, the metric catalog and what the comparison's protocols
/// report; nothing where they meet. A mismatch would leave the figure "not measured" in every report.
std::optional<PublishedMismatch> find_mismatch(const PublishedRecord& record,
                                               const SuiteComparison& comparison);

}  // namespace rraebench
