#pragma once
// Implements: which networks are too small for a training step to gain from a second thread.

#include <cstdint>

namespace rraebench {

/// Of fully connected layers with so many weights in all. Decided by model and batch alone, so that the
/// figures of small networks are the same for any number of threads.
inline bool trains_on_one_thread(std::int64_t weights, std::int64_t batch_size) {
  constexpr double kWorthSharing = 3e8;         // Floating point operations: some two milliseconds of a core.
  constexpr double kOperationsPerWeight = 6.0;  // Multiply and add, forward and twice backward, each sample.
  return kOperationsPerWeight * static_cast<double>(weights) * static_cast<double>(batch_size) <
         kWorthSharing;
}

}  // namespace rraebench
