#pragma once
// Implements: a variable of the environment that has another value, or none, until the end of a scope.

#include <optional>
#include <string>

namespace rraebench {

class EnvironmentVariable {
 public:
  /// nullptr for `value`: it is not set.
  EnvironmentVariable(std::string name, const char* value);
  ~EnvironmentVariable();
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace rraebench
