#include "host/worker/gpu_arithmetic.hpp"

#include <ATen/Context.h>

namespace rraebench {

void compute_exactly_on_gpus() {
  auto& context = at::globalContext();
  context.setAllowTF32CuDNN(false);
  context.setAllowTF32CuBLAS(false);
  context.setDeterministicCuDNN(true);
}

}  // namespace rraebench
