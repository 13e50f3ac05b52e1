#pragma once
// Implements: a paper's figures set beside ours.

#include "reports/analysis/comparison.hpp"
#include "reports/store/report_rows.hpp"

#include <vector>

namespace rraebench {

/// Of the comparison's suite and name, each beside every column of its tables that it may be compared with.
void add_published(Comparison& comparison, const std::vector<PublishedRow>& published);

}  // namespace rraebench
