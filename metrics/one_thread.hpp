#pragma once
// Implements: work whose result must not depend on how many threads there are, to the bit.

namespace rraebench {

/// While it lives, LibTorch, OpenMP and the linear algebra below them use one thread on the calling thread:
/// sums are split, and matrix products blocked, otherwise with every number of threads. Nests; not to be made
/// within at::parallel_for, where every call has one thread as it is.
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

}  // namespace rraebench
