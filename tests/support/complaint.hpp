#pragma once
// Implements: what an exception says, for tests of refusals.

#include <string>

namespace rraebench {

constexpr const char* kNoComplaint = "no complaint";

/// What an `Error` says that `call` throws, or kNoComplaint. Other exceptions are the test's end.
template <typename Error, typename Call>
std::string complaint_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return kNoComplaint;
}

}  // namespace rraebench
