// A training step of the papers' models: this project's plugins, and the same networks and losses in plain
// LibTorch (its own layers, linalg_svd, Adam). What the host adds to a step (batch, checks, curves, progress)
// is the difference of the two lines "idle model": with the trainer around it and alone.
#include "host/program/planning/resources.hpp"
#include "host/worker/training/step_threads.hpp"
#include "metrics/one_thread.hpp"
#include "tests/peers/plain_model.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace {

using rraebench::TrainingStep;

void ours(benchmark::State& state, const TrainingStep& training, const std::string& precision) {
  const auto model = rraebench::make_model(training, 3, precision);
  std::optional<rraebench::OneThread> one_thread;
  if (rraebench::threads_of_a_step(*model, training.batch_size, at::get_num_threads()) == 1)
    one_thread.emplace();
  rraebench::ModelTraining loop(model, smooth_batch(training, 7));
  loop.step();
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

void idle_with_trainer(benchmark::State& state, const TrainingStep& training) {
  constexpr std::int64_t kValues = 10'000'000;  // Values in the data set: more than any cache holds.
  constexpr std::int64_t kSteps = 50;
  const bool is_curve = training.family == "mlp";
  auto shape = training.sample_shape;
  shape.insert(shape.begin(), is_curve ? training.batch_size
                                       : std::max(kValues / c10::multiply_integers(training.sample_shape),
                                                  training.batch_size));
  const auto samples = is_curve ? torch::randn(shape) : torch::randint(256, shape, torch::kUInt8);
  const auto model = idle_model(training);
  for (auto _ : state) {
    const auto seconds = rraebench::time_training(model, samples, training.batch_size, kSteps);
    state.SetIterationTime(std::accumulate(seconds.begin(), seconds.end(), 0.0) / kSteps);
  }
}

void idle_alone(benchmark::State& state, const TrainingStep& training) {
  rraebench::ModelTraining loop(idle_model(training), smooth_batch(training, 7));
  for (auto _ : state) benchmark::DoNotOptimize(loop.step());
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
    add(step.name + "/idle model", idle_alone, step);
    benchmark::RegisterBenchmark((step.name + "/idle model with trainer").c_str(), idle_with_trainer, step)
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime();
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
