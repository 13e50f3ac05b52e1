#include "metrics/one_thread.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <dlfcn.h>

namespace rraebench {
namespace {

/// Of a library that LibTorch brings along; nullptr where there is none of this name.
template <typename Function>
Function* function_of(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// OpenBLAS with threads of its own (its pthreads flavour) knows nothing of OpenMP's number of them. 0 where
/// it follows OpenMP or is not in use.
int own_openblas_threads() {
  constexpr int kOwnThreads = 1;  // Of openblas_get_parallel().
  static auto* const parallel = function_of<int()>("openblas_get_parallel");
  static auto* const get = function_of<int()>("openblas_get_num_threads");
  return parallel == nullptr || get == nullptr || parallel() != kOwnThreads ? 0 : get();
}

void set_openblas_threads(int count) {
  static auto* const set = function_of<void(int)>("openblas_set_num_threads");
  if (set != nullptr) set(count);
}

}  // namespace

void set_threads_of_caller(int count) {
  static auto* const set = function_of<void(int)>("omp_set_num_threads");
  (void)at::get_num_threads();  // A thread that never asked would get the number for all with its first work.
  // MKL must be told beside OpenMP.
  if (set != nullptr && !at::hasMKL()) {
    set(count);
  } else {
    at::set_num_threads(count);
  }
}

OneThread::OneThread() : before_(at::get_num_threads()), blas_before_(own_openblas_threads()) {
  if (before_ != 1) set_threads_of_caller(1);
  if (blas_before_ > 1) set_openblas_threads(1);
}

OneThread::~OneThread() {
  if (before_ != 1) set_threads_of_caller(before_);
  if (blas_before_ > 1) set_openblas_threads(blas_before_);
}

}  // namespace rraebench
