#pragma once
// Implements: the precisions in which a suite may have networks trained.

#include "host/common/cell.hpp"
#include "rraebench/architecture.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// float32 but for convolutions, which a GPU makes with 10 bits of mantissa (Nvidia, from Ampere on). A
/// setting of the device: networks know nothing of it.
constexpr const char* kTf32 = "tf32";

inline std::vector<std::string> known_precisions() {
  auto known = detail::split_choices(kPrecision.choices);
  known.emplace_back(kTf32);
  return known;
}

/// What encoder and decoder are made for (kPrecision).
inline std::string precision_of_networks(const std::string& precision) {
  return precision == kTf32 ? kUsualPrecision : precision;
}

}  // namespace rraebench
