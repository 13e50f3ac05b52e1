#pragma once
// Implements: one line of this program's own words for whatever ended a command, whichever library threw it.

#include <exception>
#include <string>

namespace rraebench {

std::string failure_words(const std::exception_ptr& failure);

}  // namespace rraebench
