#pragma once
// Implements: the stamp by which host and plugin recognise that they were built alike.

#include <torch/version.h>

#define RRAEBENCH_STRINGIFY_(x) #x
#define RRAEBENCH_STRINGIFY(x) RRAEBENCH_STRINGIFY_(x)

/// Raised with every change of model.hpp or plugin.hpp that an already compiled plugin would notice. What a
/// version only adds stands at the end of Model's virtual functions, so that the host goes on taking plugins
/// of the versions since RRAEBENCH_OLDEST_CONTRACT and asks them for nothing that came later.
///   1  the first
///   2  Model::kl()
///   3  Batch::labels, parameters and step; ModelSpec::total_steps, class_count and parameter_count; options
///      that are files or have no default
#ifndef RRAEBENCH_CONTRACT_VERSION
#define RRAEBENCH_CONTRACT_VERSION 3
#endif

#define RRAEBENCH_OLDEST_CONTRACT 1

/// Everything that must be equal on both sides, but for a contract that the host still takes, before one C++
/// call may cross the line.
#define RRAEBENCH_ABI                                          \
  "contract=" RRAEBENCH_STRINGIFY(                             \
      RRAEBENCH_CONTRACT_VERSION) " libtorch=" TORCH_VERSION   \
                                  " c++=" RRAEBENCH_STRINGIFY( \
                                      __cplusplus) " cxx11_abi=" RRAEBENCH_STRINGIFY(_GLIBCXX_USE_CXX11_ABI)
