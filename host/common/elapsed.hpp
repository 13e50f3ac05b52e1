#pragma once
// Implements: how long ago a moment was.

#include <chrono>

namespace rraebench {

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace rraebench
