#include "host/worker/gpu_arithmetic.hpp"

#include <ATen/Context.h>

namespace rraebench {

void compute_exactly_on_gpus() {
  auto& context = at::globalContext();
  context.setAllowTF32CuDNN(false);
  context.setAllowTF32CuBLAS(false);
  context.setDeterministicCuDNN(true);
}

ConvolutionsInTf32::ConvolutionsInTf32() : before_(at::globalContext().allowTF32CuDNN()) {
  at::globalContext().setAllowTF32CuDNN(true);
}

ConvolutionsInTf32::~ConvolutionsInTf32() {
  at::globalContext().setAllowTF32CuDNN(before_);
}

}  // namespace rraebench
