#pragma once

#include "reports/store/report_rows.hpp"

#include <cstddef>

namespace rraebench {

/// A run and the label, by its index in Comparison::labels, that it is of.
struct LabelledRun {
  std::size_t label = 0;
  const RunRow* run = nullptr;
};

}  // namespace rraebench
