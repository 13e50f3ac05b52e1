#pragma once
// Implements: a figure that cannot be measured costs that figure, not the run.

#include <functional>
#include <optional>
#include <string>

namespace rraebench {

/// Calls `measure`; gives the sentence of what went wrong in it, or nullopt. For a metric's, a fit's or an
/// extractor's own faults: a wish to stop, a want of memory, the machine's and the user's errors and those of
/// a model (DivergedError) pass through. No call of a model belongs into `measure`.
std::optional<std::string> fault_of(const std::function<void()>& measure);

}  // namespace rraebench
