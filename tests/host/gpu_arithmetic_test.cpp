#include "host/worker/gpu_arithmetic.hpp"

#include "metrics/tf32_convolutions.hpp"

#include <ATen/Context.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

// LibTorch keeps what is asked of a GPU where it has none, too.
TEST(GpuArithmetic, IsExactButForConvolutionsWhereTf32IsAskedFor) {
  auto& context = at::globalContext();
  context.setAllowTF32CuDNN(true);
  context.setAllowTF32CuBLAS(true);
  compute_exactly_on_gpus();
  EXPECT_FALSE(context.allowTF32CuDNN());
  EXPECT_FALSE(context.allowTF32CuBLAS());
  EXPECT_TRUE(context.deterministicCuDNN());
  {
    const Tf32Convolutions in_tf32(true);
    EXPECT_TRUE(context.allowTF32CuDNN());
    EXPECT_FALSE(context.allowTF32CuBLAS());
  }
  EXPECT_FALSE(context.allowTF32CuDNN());
}

}  // namespace
}  // namespace rraebench
