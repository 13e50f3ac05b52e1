#pragma once
// Implements: the error that is the user's to mend.

#include <stdexcept>

namespace rraebench {

/// Wrong use or bad input: the message names what and how to mend it, in one line; exit code 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace rraebench
