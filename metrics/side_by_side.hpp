#pragma once
// Implements: parts of a loop on several threads. Not at::parallel_for, which in a file that is compiled
// without OpenMP, as this project's are, runs on one thread without a word.

#include <cstdint>
#include <functional>

namespace rraebench {

/// Calls `work(begin, end)` for [0, count) in parts of `grain`, each on some thread of up to `threads`, the
/// calling one among them. LibTorch's calls within use as many threads as they would on the calling thread:
/// let a OneThread live around it. What `work` throws first is thrown, after the others have ended.
void side_by_side(int threads, std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t begin, std::int64_t end)>& work);

}  // namespace rraebench
