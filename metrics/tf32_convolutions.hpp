#pragma once
// Implements: whether a GPU's convolutions are exact.

#include <ATen/Context.h>

namespace rraebench {

/// While it lives, cuDNN convolves with 10 bits of mantissa (TF32) where it is `allowed`, and in float32
/// where it is not. Nests.
class Tf32Convolutions {
 public:
  explicit Tf32Convolutions(bool allowed) : before_(at::globalContext().allowTF32CuDNN()) {
    at::globalContext().setAllowTF32CuDNN(allowed);
  }
  ~Tf32Convolutions() { at::globalContext().setAllowTF32CuDNN(before_); }
  Tf32Convolutions(const Tf32Convolutions&) = delete;
  Tf32Convolutions& operator=(const Tf32Convolutions&) = delete;

 private:
  bool before_;
};

}  // namespace rraebench
