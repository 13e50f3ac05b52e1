#pragma once
// Implements: work whose result must not depend on how many threads there are, to the bit.

namespace rraebench {

/// While it lives, LibTorch, OpenMP and the linear algebra below them use one thread on the calling thread:
/// sums are split, and matrix products blocked, otherwise with every number of threads. So do the
/// threads that are started by side_by_side meanwhile. Nests.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
  int blas_before_;
};

/// The number that OneThread changes, for the calling thread; what LibTorch itself offers ends and starts the
/// threads of another pool every time, for milliseconds.
void set_threads_of_caller(int count);

}  // namespace rraebench
