#pragma once
// Implements: independent seeds for the parts of a run from its one seed, the same in every build and
// version.

#include <cstdint>
#include <string_view>

namespace rraebench {

/// FNV-1a of `purpose`, mixed with `seed` by the finaliser of SplitMix64 (Steele et al. 2014).
inline std::uint64_t derive_seed(std::int64_t seed, std::string_view purpose) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  std::uint64_t mixed = hash + 0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(seed) + 1);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31);
}

}  // namespace rraebench
