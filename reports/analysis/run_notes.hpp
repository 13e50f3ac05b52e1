#pragma once
// Implements: what runs said of their own figures, told once for all the runs that said it.

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

struct RunNote {
  std::string label;
  std::int64_t seed = 0;
  std::string text;
};

/// "AE, seeds 0, 1; VAE, seed 1: 3 to 50 of 80 samples are equal": each sentence once, in order of
/// appearance, after the runs that said it. Sentences that differ in numbers alone are one, with each
/// number's range; a number is a word of digits, not a part of a name as in "mixture:4".
std::vector<std::string> join_run_notes(const std::vector<RunNote>& notes);

}  // namespace rraebench
