#pragma once
// Implements: bfloat16 in plain memory, and values of any type in the one in which they are summed.

#include <cstdint>
#include <cstring>

namespace rraebench::loops {

/// The upper half of a float (bfloat16), as it lies in memory.
struct UpperHalf {
  std::uint16_t bits;
};

inline float widened(UpperHalf value) {
  const auto bits = static_cast<std::uint32_t>(value.bits) << 16U;
  float wide;
  std::memcpy(&wide, &bits, sizeof(wide));
  return wide;
}
inline float widened(float value) {
  return value;
}
inline double widened(double value) {
  return value;
}

inline void assign(UpperHalf& target, float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  // To the nearest, ties to even; a NaN stays one.
  const auto rounded = (bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U;
  target.bits = static_cast<std::uint16_t>(value == value ? rounded : 0x7fc0U);
}
inline void assign(float& target, float value) {
  target = value;
}
inline void assign(double& target, double value) {
  target = value;
}

}  // namespace rraebench::loops
