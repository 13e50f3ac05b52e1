// A training step of the papers' models: this project's plugins, and the same networks and losses in plain
// LibTorch (its own layers, linalg_svd, Adam). "host overhead" is what the host adds to a step (batch,
// checks, curves, progress): steps of a model that computes next to nothing, with the trainer around it less
// without; the counter "percent" is its share of the step "ours".
#include "host/program/planning/resources.hpp"
#include "host/worker/training/step_threads.hpp"
#include "metrics/one_thread.hpp"
#include "tests/peers/plain_model.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>

namespace {

using rraebench::ModelTraining;
using rraebench::TrainingStep;

/// On as many threads as the worker gives such a step.
class OwnTraining {
 public:
  OwnTraining(const TrainingStep& training, const std::string& precision)
      : model_(rraebench::make_model(training, 3, precision)), loop_(model_, smooth_batch(training, 7)) {
    if (rraebench::threads_of_a_step(*model_, training.batch_size, at::get_num_threads()) == 1)
      one_thread_.emplace();
    loop_.step();
  }
  double step() { return loop_.step(); }

 private:
  std::shared_ptr<rraebench::Model> model_;
  ModelTraining loop_;
  std::optional<rraebench::OneThread> one_thread_;
};

void ours(benchmark::State& state, const TrainingStep& training, const std::string& precision) {
  OwnTraining loop(training, precision);
  for (auto _ : state) benchmark::DoNotOptimize(loop.step());
}

void plain(benchmark::State& state, const TrainingStep& training) {
  rraebench::PlainTraining plain(std::make_shared<rraebench::PlainModel>(training),
                                 smooth_batch(training, 7));
  plain.step();
  for (auto _ : state) plain.step();
}

/// The parts of a variational loss, and next to nothing to compute.
class IdleModel : public rraebench::Model {
 public:
  /// `dimensions` of its one weight: four make the host take it for a convolution, which gets all threads.
  explicit IdleModel(std::size_t dimensions)
      : weight_(register_parameter("weight", torch::ones(std::vector<std::int64_t>(dimensions, 1)))) {}
  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto total = weight_.sum();
    return {total, {{"reconstruction", batch.samples.flatten()[0].detach()}, {"kl", total.detach()}}};
  }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples.flatten(1); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }

 private:
  torch::Tensor weight_;
};

std::shared_ptr<IdleModel> idle_model(const TrainingStep& training) {
  return std::make_shared<IdleModel>(training.family == "mlp" ? 2 : 4);
}

torch::Tensor data_for(const TrainingStep& training) {
  constexpr std::int64_t kValues = 10'000'000;  // More than any cache holds.
  const bool is_curve = training.family == "mlp";
  auto shape = training.sample_shape;
  shape.insert(shape.begin(), is_curve ? training.batch_size
                                       : std::max(kValues / c10::multiply_integers(training.sample_shape),
                                                  training.batch_size));
  return is_curve ? torch::randn(shape) : torch::randint(256, shape, torch::kUInt8);
}

template <typename Training>
double seconds_a_step(Training& training, int steps) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < steps; ++i) benchmark::DoNotOptimize(training.step());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / steps;
}

void host_overhead(benchmark::State& state, const TrainingStep& training) {
  constexpr int kIdleSteps = 50;
  constexpr int kOwnSteps = 5;
  const auto samples = data_for(training);
  const auto model = idle_model(training);
  ModelTraining alone(model, smooth_batch(training, 7));
  alone.step();
  double added = 0.0;
  for (auto _ : state) {
    const auto seconds = rraebench::time_training(model, samples, training.batch_size, kIdleSteps);
    const double with_trainer = std::accumulate(seconds.begin(), seconds.end(), 0.0) / kIdleSteps;
    const double here = with_trainer - seconds_a_step(alone, kIdleSteps);
    state.SetIterationTime(here);
    added += here;
  }
  OwnTraining own(training, "float32");
  const double share = added / static_cast<double>(state.iterations()) / seconds_a_step(own, kOwnSteps);
  state.counters["percent"] = 100.0 * share;
}

}  // namespace

int main(int argc, char** argv) {
  rraebench::train_as_the_worker();
  const auto add = [](const std::string& name, auto function, auto... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), function, arguments...)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  };
  for (const auto& step : rraebench::training_steps()) {
    add(step.name + "/ours", ours, step, "float32");
    if (step.family != "mlp" && rraebench::processor_has_bfloat16())
      add(step.name + "/ours in bfloat16", ours, step, "bfloat16");
    add(step.name + "/plain LibTorch", plain, step);
    benchmark::RegisterBenchmark((step.name + "/host overhead").c_str(), host_overhead, step)
        ->Unit(benchmark::kMillisecond)
        ->Iterations(20)  // By their number: the difference may be too small to end by its sum.
        ->UseManualTime();
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
