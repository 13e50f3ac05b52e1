#pragma once
// Implements: the errors that are not a model's: the user's to mend, and the machine's.

#include <stdexcept>

namespace rraebench {

/// Wrong use or bad input: the message names what and how to mend it, in one line; exit code 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The machine lacks something: disk space, a folder that can be written, a lock. The same command tries
/// again.
class InfrastructureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace rraebench
