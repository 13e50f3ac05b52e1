#include "tests/support/environment_variable.hpp"

#include <cstdlib>
#include <utility>

namespace rraebench {
namespace {

void set(const std::string& name, const char* value) {
  if (value != nullptr)
    ::setenv(name.c_str(), value, 1);
  else
    ::unsetenv(name.c_str());
}

}  // namespace

EnvironmentVariable::EnvironmentVariable(std::string name, const char* value) : name_(std::move(name)) {
  if (const char* before = std::getenv(name_.c_str())) before_ = before;
  set(name_, value);
}

EnvironmentVariable::~EnvironmentVariable() {
  set(name_, before_ ? before_->c_str() : nullptr);
}

}  // namespace rraebench
