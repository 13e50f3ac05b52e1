// The metrics of features at the sizes of papers. Neighbour metrics of 10,000 + 10,000 samples against one
// matrix product of that size with the selection of each row's nearest (what any implementation must do at
// least once), and the Frechet distance against its definition, where the trace of the root comes from the
// eigenvalues of the product of both covariances, which is not symmetric (tests/peers/compare.py times
// SciPy's square root beside ours): read the ratio of the two lines of a feature size.
#include "metrics/frechet.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/neighbourhoods.hpp"
#include "metrics/tensors.hpp"

#include <benchmark/benchmark.h>

namespace {

constexpr std::int64_t kSamples = 10000;
constexpr std::int64_t kNeighbours = 5;

torch::Tensor features(std::int64_t count, std::int64_t size, std::uint64_t seed) {
  return torch::randn({count, size}, rraebench::seeded_generator(seed), torch::kFloat64);
}

void product_and_selection(benchmark::State& state) {
  const auto real = features(kSamples, state.range(0), 1);
  const auto generated = features(kSamples, state.range(0), 2);
  for (auto _ : state) {
    const auto nearest = torch::mm(real, generated.t()).topk(kNeighbours, 1, /*largest=*/true);
    benchmark::DoNotOptimize(std::get<0>(nearest).data_ptr());
  }
}

void neighbourhoods(benchmark::State& state) {
  const auto real = features(kSamples, state.range(0), 1);
  const auto generated = features(kSamples, state.range(0), 2);
  for (auto _ : state)
    benchmark::DoNotOptimize(rraebench::find_neighbourhoods(real, generated, kNeighbours).precision());
}

void kernel_distance_over_subsets(benchmark::State& state) {
  const auto real = features(kSamples, state.range(0), 1);
  const auto generated = features(kSamples, state.range(0), 2);
  for (auto _ : state)
    benchmark::DoNotOptimize(rraebench::kernel_distance_over_subsets(real, generated, {10, 1000, 0}).mean);
}

using Frechet = double (*)(const rraebench::Moments& first, const rraebench::Moments& second);

double frechet_by_definition(const rraebench::Moments& first, const rraebench::Moments& second) {
  const auto one = first.covariance();
  const auto other = second.covariance();
  const auto roots = torch::real(torch::linalg_eigvals(one.mm(other)).sqrt());
  const auto shift = (first.mean - second.mean).square().sum();
  return (shift + one.trace() + other.trace() - 2.0 * roots.sum()).item<double>();
}

void frechet_distance(benchmark::State& state, Frechet distance) {
  const auto size = state.range(0);
  const auto real = rraebench::moments_of(features(size + 100, size, 1));
  const auto generated = rraebench::moments_of(features(size + 100, size, 2));
  double value = 0.0;
  for (auto _ : state) benchmark::DoNotOptimize(value = distance(real, generated));
  state.counters["distance"] = value;
}

void frechet_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(128)->Arg(2048)->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK(product_and_selection)->Arg(128)->Arg(2048)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(neighbourhoods)->Arg(128)->Arg(2048)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(kernel_distance_over_subsets)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(frechet_distance, ours, rraebench::frechet_distance)->Apply(frechet_sizes);
BENCHMARK_CAPTURE(frechet_distance, by_definition, frechet_by_definition)->Apply(frechet_sizes);

}  // namespace

BENCHMARK_MAIN();
