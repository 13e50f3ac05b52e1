#pragma once
// Implements: several names in one text, as users write them and the column run.keep has them.

#include <string>
#include <vector>

namespace rraebench {

/// "weights,samples".
std::string joined_names(const std::vector<std::string>& names);

/// Back, each without blanks around it; an empty one stays where nothing stands beside a comma. None of an
/// empty text.
std::vector<std::string> split_names(const std::string& text);

}  // namespace rraebench
