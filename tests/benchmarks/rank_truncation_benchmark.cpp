// Truncation with its gradient: this project's layer against LibTorch's own linalg_svd, forward and backward,
// for the shapes that the papers train with (batch x latent, rank). Read the ratio of the two lines of a
// shape. "variational" is what stands in its place in a VRRAE, for the shapes of step_benchmark: its share of
// a step.
#include "rraebench/leading_modes.hpp"
#include "rraebench/rank_truncation.hpp"

#include <benchmark/benchmark.h>

namespace {

using Truncate = torch::Tensor (*)(const torch::Tensor& latent, std::int64_t rank);

torch::Tensor by_linalg_svd(const torch::Tensor& latent, std::int64_t rank) {
  const auto [u, s, vh] = torch::linalg_svd(latent, /*full_matrices=*/false);
  return (u.slice(1, 0, rank) * s.slice(0, 0, rank)).matmul(vh.slice(0, 0, rank));
}

void train_step(benchmark::State& state, Truncate truncate) {
  torch::manual_seed(1);
  const auto latent = torch::randn({state.range(0), state.range(1)});
  const auto weight = torch::randn_like(latent);
  for (auto _ : state) {
    auto input = latent.detach().requires_grad_();
    (truncate(input, state.range(2)) * weight).sum().backward();
    benchmark::DoNotOptimize(input.grad().data_ptr());
  }
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"batch", "latent", "rank"})
      ->Args({17, 4500, 1})
      ->Args({20, 2800, 12})
      ->Args({64, 128, 16})
      ->Args({576, 100, 16})
      ->Args({576, 512, 186})
      ->Unit(benchmark::kMillisecond);
}

torch::Tensor by_leading_modes(const torch::Tensor& latent, std::int64_t rank) {
  const auto modes = rraebench::leading_modes(latent, rank, {});
  return modes.coefficients.matmul(modes.basis.t());
}

void variational_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"batch", "latent", "rank"})
      ->Args({576, 100, 16})
      ->Args({64, 200, 2})
      ->Args({128, 512, 64})
      ->Args({32, 512, 16})
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(train_step, variational, by_leading_modes)->Apply(variational_shapes);
BENCHMARK_CAPTURE(train_step, linalg_svd, by_linalg_svd)->Apply(shapes);
BENCHMARK_CAPTURE(train_step, truncate_rank, rraebench::truncate_rank)->Apply(shapes);

}  // namespace

BENCHMARK_MAIN();
