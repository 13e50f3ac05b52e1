// A training step of the papers' models: this project's plugins, and the same networks and losses in plain
// LibTorch (its own layers, linalg_svd, Adam).
#include "host/program/planning/resources.hpp"
#include "host/worker/training/step_threads.hpp"
#include "metrics/one_thread.hpp"
#include "tests/peers/plain_model.hpp"

#include <benchmark/benchmark.h>

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
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
