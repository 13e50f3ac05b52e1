#include "tests/peers/training_steps.hpp"

#include "host/common/stop_request.hpp"
#include "host/worker/freed_memory.hpp"
#include "host/worker/training/optimisers.hpp"
#include "host/worker/training/step_threads.hpp"
#include "host/worker/training/trainer.hpp"
#include "metrics/one_thread.hpp"
#include "tests/plugins/built_plugins.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kWarmUp = 2;
constexpr double kLearningRate = 1e-6;  // Weights stay about where they are: no step is easier than another.

}  // namespace

const std::vector<TrainingStep>& training_steps() {
  static const std::vector<TrainingStep> steps = {
      {"strong RRAE MLP, L = 4500, batch 17", "rrae-strong", "mlp", {200}, 17, 4500, 1},
      {"long AE MLP, L = 4500, batch 17", "ae", "mlp", {200}, 17, 4500, 0},
      {"long AE MLP, L = 2800, batch 20", "ae", "mlp", {1200}, 20, 2800, 0},
      {"VRRAE CNN 28x28x1, batch 576", "vrrae", "cnn-vrrae", {1, 28, 28}, 576, 100, 16},
      {"VRRAE CNN 64x64x1, batch 64", "vrrae", "cnn-vrrae", {1, 64, 64}, 64, 200, 2},
      {"VRRAE CNN 32x32x3, batch 128", "vrrae", "cnn-vrrae", {3, 32, 32}, 128, 512, 64},
      {"VRRAE CNN 160x160x3, batch 32", "vrrae", "cnn-vrrae", {3, 160, 160}, 32, 512, 16},
  };
  return steps;
}

const TrainingStep& training_step(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& step : training_steps()) {
    if (step.name == name) return step;
    known.push_back("'" + step.name + "'");
  }
  throw std::invalid_argument("no training step '" + name + "'; known: " + join_names(known));
}

std::shared_ptr<Model> make_model(const TrainingStep& step, std::uint64_t seed,
                                  const std::string& precision) {
  std::map<std::string, std::string> options{{"latent", std::to_string(step.latent)}};
  if (step.rank > 0) options["rank"] = std::to_string(step.rank);
  return make_model(step, options, seed, precision);
}

std::shared_ptr<Model> make_model(const TrainingStep& step, const std::map<std::string, std::string>& options,
                                  std::uint64_t seed, const std::string& precision) {
  const auto library = built_plugin(step.plugin);
  ModelSpec spec;
  spec.sample_shape = step.sample_shape;
  spec.train_count = step.batch_size;
  spec.architecture = make_architecture(step.family, {}, precision);
  spec.options = Options(declared_options(library), options);
  return library.create_model(spec, seed);
}

ModelTraining::ModelTraining(std::shared_ptr<Model> model, const torch::Tensor& samples)
    : model_(std::move(model)),
      batch_{samples, torch::arange(samples.size(0))},
      optimiser_(make_optimiser(TrainingPlan{}, model_->parameter_groups(), 1e-4)) {
  model_->train();
}

double ModelTraining::step() {
  for (auto& group : optimiser_->param_groups())
    for (auto& parameter : group.params()) parameter.mutable_grad().reset();
  const auto loss = model_->loss(batch_);
  const auto value = loss.total.item<double>();
  loss.total.backward();
  optimiser_->step();
  return value;
}

void train_as_the_worker() {
  torch::set_num_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  keep_freed_memory();
}

torch::Tensor smooth_batch(const TrainingStep& step, std::uint64_t seed) {
  constexpr std::int64_t kCoarse = 6;
  torch::manual_seed(seed);
  const auto size = step.sample_shape.back();
  const auto position = torch::linspace(0, kCoarse - 1, size).unsqueeze(1);
  const auto hats = (1 - (position - torch::arange(kCoarse)).abs()).clamp_min(0);  // size x kCoarse
  if (step.sample_shape.size() == 1)
    return torch::randn({step.batch_size, kCoarse}).matmul(hats.t()) +
           0.05 * torch::randn({step.batch_size, size});
  const auto coarse = torch::rand({step.batch_size, step.sample_shape[0], kCoarse, kCoarse});
  const auto smooth = torch::matmul(torch::matmul(hats, coarse), hats.t());
  return (smooth + 0.05 * torch::randn_like(smooth)).clamp(0, 1).contiguous();
}

void copy_parameters(const std::vector<torch::Tensor>& from, const std::vector<torch::Tensor>& to) {
  if (from.size() != to.size())
    throw std::invalid_argument(std::to_string(from.size()) + " parameters for " + std::to_string(to.size()));
  const torch::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i].sizes() != to[i].sizes())
      throw std::invalid_argument(c10::str("parameter ", i, ": ", from[i].sizes(), " for ", to[i].sizes()));
    to[i].copy_(from[i]);
  }
}

std::vector<double> time_training(const std::shared_ptr<Model>& model, const torch::Tensor& samples,
                                  std::int64_t batch_size, std::int64_t count) {
  using Clock = std::chrono::steady_clock;
  Split split;
  split.samples = samples;
  TrainingPlan plan;
  plan.batch_size = batch_size;
  plan.stages = {{kLearningRate, kWarmUp + count + 1, 0}};
  std::vector<Clock::time_point> ends;
  const auto stop = [&] {
    ends.push_back(Clock::now());
    return static_cast<std::int64_t>(ends.size()) == kWarmUp + count;
  };
  const SampleSource source(split, {}, torch::kCPU);
  const CheckedModel checked(model, samples.sizes().slice(1).vec());
  std::optional<OneThread> one_thread;
  if (threads_of_a_step(*model, batch_size, at::get_num_threads()) == 1) one_thread.emplace();
  try {  // Stopped, so that no basis is fixed.
    train(checked, plan, source, 1, {}, {[](const Progress&) {}, [](const CurvePoint&) {}, stop});
  } catch (const InterruptedError&) {
  }
  std::vector<double> seconds;
  for (std::size_t i = kWarmUp; i < ends.size(); ++i)
    seconds.push_back(std::chrono::duration<double>(ends[i] - ends[i - 1]).count());
  return seconds;
}

}  // namespace rraebench
