#include "metrics/one_thread.hpp"

#include <ATen/Parallel.h>

#include <dlfcn.h>

namespace rraebench {
namespace {

/// OpenBLAS with threads of its own (its pthreads flavour) knows nothing of OpenMP's number of them. Other
/// libraries lack these functions.
template <typename Function>
Function* openblas_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// 0 where OpenBLAS follows OpenMP or is not in use.
int own_openblas_threads() {
  constexpr int kOwnThreads = 1;  // Of openblas_get_parallel().
  static auto* const parallel = openblas_function<int()>("openblas_get_parallel");
  static auto* const get = openblas_function<int()>("openblas_get_num_threads");
  return parallel == nullptr || get == nullptr || parallel() != kOwnThreads ? 0 : get();
}

void set_openblas_threads(int count) {
  static auto* const set = openblas_function<void(int)>("openblas_set_num_threads");
  if (set != nullptr) set(count);
}

}  // namespace

OneThread::OneThread() : before_(at::get_num_threads()), blas_before_(own_openblas_threads()) {
  if (before_ != 1) at::set_num_threads(1);
  if (blas_before_ > 1) set_openblas_threads(1);
}

OneThread::~OneThread() {
  if (before_ != 1) at::set_num_threads(before_);
  if (blas_before_ > 1) set_openblas_threads(blas_before_);
}

}  // namespace rraebench
