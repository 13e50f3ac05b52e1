#pragma once
// Implements: what loops over plain memory have in common: vectors as wide as the processor's, and LibTorch's
// OpenMP threads. Loops stand apart from LibTorch's headers, which the compiler reads without OpenMP in this
// project. Every element and every sum comes out the same for any number of threads.

#include <algorithm>
#include <cstdint>

#ifdef _OPENMP
#include <omp.h>
#endif

// Compiled for wider vectors, too, and chosen when the library is loaded; a sanitizer is not there yet by
// then.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define RRAEBENCH_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RRAEBENCH_WIDE
#endif

namespace rraebench::loops {

constexpr std::int64_t kPart = 32768;  // Values of a part: what a thread is worth waking for.

/// Calls work(part) for each part, on as many threads as LibTorch would take.
template <typename Work>
void for_each_part(std::int64_t parts, const Work& work) {
#ifdef _OPENMP
  const auto threads = static_cast<int>(std::min<std::int64_t>(omp_get_max_threads(), parts));
  if (threads > 1 && omp_in_parallel() == 0) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (std::int64_t part = 0; part < parts; ++part) work(part);
    return;
  }
#endif
  for (std::int64_t part = 0; part < parts; ++part) work(part);
}

inline std::int64_t parts_of(std::int64_t count, std::int64_t part) {
  return (count + part - 1) / part;
}

}  // namespace rraebench::loops
