// What it costs that extractors are the same to the bit for every number of threads. Training the classifier
// on one thread against the same steps on all; features of whole batches side by side against one batch after
// the other on all threads; principal components on one thread against the same decomposition on all. Read
// the ratio of the two lines of each.
#include "metrics/extractors/classifier.hpp"
#include "metrics/extractors/pca.hpp"
#include "metrics/moments.hpp"
#include "metrics/tensors.hpp"

#include <benchmark/benchmark.h>
#include <torch/nn/functional/loss.h>
#include <torch/optim/adam.h>

namespace {

constexpr std::int64_t kImages = 2048;
constexpr std::int64_t kBatch = 64;

torch::Tensor images() {
  return torch::rand({kImages, 1, 28, 28}, rraebench::seeded_generator(1));
}

torch::Tensor labels() {
  return torch::arange(kImages) % 10;
}

void classifier_on_one_thread(benchmark::State& state) {
  const auto samples = images();
  for (auto _ : state) benchmark::DoNotOptimize(rraebench::train_classifier(samples, labels()).get());
}

void classifier_on_all_threads(benchmark::State& state) {
  const auto samples = images();
  const auto classes = labels();
  for (auto _ : state) {
    rraebench::ClassifierNet net(rraebench::ClassifierShape{});
    torch::optim::Adam optimiser(net->parameters(), torch::optim::AdamOptions(1e-3));
    const auto order = torch::randperm(kImages, torch::kInt64);
    for (std::int64_t first = 0; first < kImages; first += kBatch) {
      const auto rows = order.slice(0, first, first + kBatch);
      optimiser.zero_grad();
      const auto loss = torch::nn::functional::cross_entropy(net->forward(samples.index_select(0, rows)),
                                                             classes.index_select(0, rows));
      loss.backward();
      optimiser.step();
      benchmark::DoNotOptimize(loss.item<double>());
    }
  }
}

void features_of_batches_side_by_side(benchmark::State& state) {
  const auto samples = images();
  const rraebench::ClassifierExtractor extractor{rraebench::ClassifierNet(rraebench::ClassifierShape{})};
  for (auto _ : state) benchmark::DoNotOptimize(extractor.features(samples).data_ptr());
}

void features_of_batches_in_turn(benchmark::State& state) {
  const torch::NoGradGuard no_gradients;
  const auto samples = images();
  rraebench::ClassifierNet net(rraebench::ClassifierShape{});
  for (auto _ : state)
    for (const auto& batch : samples.split(512)) benchmark::DoNotOptimize(net->features(batch).data_ptr());
}

void components_on_one_thread(benchmark::State& state) {
  const auto samples = images();
  for (auto _ : state) benchmark::DoNotOptimize(rraebench::PcaExtractor::fit(samples, 16).state().data());
}

void components_on_all_threads(benchmark::State& state) {
  const auto samples = images();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        std::get<1>(torch::linalg_eigh(rraebench::moments_of(samples.flatten(1)).covariance())).data_ptr());
}

BENCHMARK(classifier_on_one_thread)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(classifier_on_all_threads)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(features_of_batches_side_by_side)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(features_of_batches_in_turn)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(components_on_one_thread)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(components_on_all_threads)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
