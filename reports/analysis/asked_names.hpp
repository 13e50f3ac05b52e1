#pragma once
// Implements: names of models, data sets, comparisons and metrics as a user asks for them.

#include <set>
#include <string>
#include <vector>

namespace rraebench {

/// Whether one of `asked` means `name`: the same name (same_name() of a sweep's) or a shell's pattern that
/// fits it, such as "VAE*" or "*beta=0.001".
bool is_asked_for(const std::vector<std::string>& asked, const std::string& name);

/// Whether one that is asked for means any of those that there are.
bool means_any(const std::string& asked, const std::set<std::string>& known);

}  // namespace rraebench
