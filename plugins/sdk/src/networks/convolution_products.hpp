#pragma once
// Implements: convolutions of bfloat16 images on the CPU, and their gradients, as products of matrices. The
// kernels that LibTorch 1 has for them leave nine tenths of a matrix unit (AMX) unused, above all in
// gradients (tests/benchmarks/convolution_benchmark.cpp).
//
// Of a convolution without dilation or groups, its kernel K x C x k x k; images and kernel have their
// channels last in memory. Sums are made in float, what a product gives is rounded to bfloat16.

#include "../loops/patches.hpp"
#include "activation.hpp"
#include "rraebench/torch.hpp"

#include <cstdint>

namespace rraebench::networks::products {

/// Whether a convolution in values of the type `type`, which the tensors need not have yet, is such a one,
/// and worth it. `images`: its input, or its output.
bool can(const torch::Tensor& images, const torch::Tensor& kernel, torch::ScalarType type);

/// input: shape of the convolution's input, N x C x H x W.
loops::Patches sizes_of(at::IntArrayRef input, const torch::Tensor& kernel, std::int64_t stride,
                        std::int64_t padding);

/// What the kernel sees at each place of the output: N H' W' x k k C.
torch::Tensor patches(const torch::Tensor& input, const loops::Patches& sizes);

/// N x K x H' x W', plus the bias (K) where it is defined.
torch::Tensor convolve(const torch::Tensor& patches, const torch::Tensor& kernel, const torch::Tensor& bias,
                       const loops::Patches& sizes);

/// The transposed convolution of output: N x K x H' x W' -> N x C x H x W, which is the input's gradient
/// under it; plus the bias (C) where it is defined, and then its activation.
torch::Tensor transposed(const torch::Tensor& output, const torch::Tensor& kernel, const torch::Tensor& bias,
                         Activation activation, const loops::Patches& sizes);

/// K x C x k x k. upstream: N x K x H' x W'.
torch::Tensor weight_gradient(const torch::Tensor& patches, const torch::Tensor& upstream,
                              const loops::Patches& sizes);

}  // namespace rraebench::networks::products
