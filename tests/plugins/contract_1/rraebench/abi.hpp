#pragma once
// Implements: the stamp by which host and plugin recognise that they were built alike.

#include <torch/version.h>

#define RRAEBENCH_STRINGIFY_(x) #x
#define RRAEBENCH_STRINGIFY(x) RRAEBENCH_STRINGIFY_(x)

/// Raised with every change of model.hpp or plugin.hpp that an already compiled plugin would notice.
#ifndef RRAEBENCH_CONTRACT_VERSION
#define RRAEBENCH_CONTRACT_VERSION 1
#endif

/// Everything that must be equal on both sides before one C++ call may cross the line.
#define RRAEBENCH_ABI                                          \
  "contract=" RRAEBENCH_STRINGIFY(                             \
      RRAEBENCH_CONTRACT_VERSION) " libtorch=" TORCH_VERSION   \
                                  " c++=" RRAEBENCH_STRINGIFY( \
                                      __cplusplus) " cxx11_abi=" RRAEBENCH_STRINGIFY(_GLIBCXX_USE_CXX11_ABI)
