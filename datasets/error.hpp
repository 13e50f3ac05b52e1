#pragma once
// Implements: the one exception with which the data sources refuse bad data. Needs the standard library
// alone.

#include <stdexcept>

namespace rraebench {

/// A fault in the user's data: the message names the file, what is wrong with it and how to mend it.
class DatasetError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace rraebench
