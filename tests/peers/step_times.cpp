// Training steps of this project or of plain LibTorch on weights and a batch that steps.py draws, so that it
// can set the authors' packages and current PyTorch beside them.
//
//   step_times list                              the steps, as JSON
//   step_times ours|plain STEP FOLDER THREADS    reads batch.npy and parameter_NNN.npy, writes ours.npz or
//   plain.npz
//                                                (gradients) and noise.npz, prints loss and versions as a
//                                                line of JSON; then, for each number on standard input, a
//                                                line with the seconds of so many steps
//
// "ours" runs in the environment that the program gives its workers.
#include "host/common/npz.hpp"
#include "host/program/processes/worker_environment.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/freed_memory.hpp"
#include "tests/peers/plain_model.hpp"

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace rraebench {
namespace {

constexpr std::uint64_t kNoiseSeed = 7;

torch::Tensor read_tensor(const std::filesystem::path& file) {
  const auto array = read_npy(file);
  return torch::tensor(array.values, torch::kFloat64).view(array.shape).to(torch::kFloat32);
}

NpzArray to_array(const torch::Tensor& tensor) {
  const auto values = tensor.to(torch::kFloat64).contiguous();
  return {
      tensor.sizes().vec(), {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()}, true};
}

std::string numbered(const char* name, std::size_t number) {
  char text[64];
  std::snprintf(text, sizeof text, "%s_%03zu", name, number);
  return text;
}

void write_gradients(const std::filesystem::path& file, const std::vector<torch::Tensor>& parameters) {
  NpzArrays arrays;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    arrays[numbered("gradient", i)] = to_array(parameters[i].grad());
  write_npz(file, arrays);
}

/// One side of the comparison.
class Side {
 public:
  virtual ~Side() = default;
  virtual std::vector<torch::Tensor> parameters() const = 0;
  virtual torch::Tensor loss(const torch::Tensor& batch) = 0;
  virtual std::vector<double> time(const torch::Tensor& batch, std::int64_t count) = 0;
};

class Ours : public Side {
 public:
  explicit Ours(const TrainingStep& step) : model_(make_model(step, 1)) { model_->train(); }
  std::vector<torch::Tensor> parameters() const override { return model_->parameters(); }
  torch::Tensor loss(const torch::Tensor& batch) override {
    return model_->loss({batch, torch::arange(batch.size(0))}).total;
  }
  std::vector<double> time(const torch::Tensor& batch, std::int64_t count) override {
    return time_training(model_, batch, batch.size(0), count);
  }

 private:
  std::shared_ptr<Model> model_;
};

class Plain : public Side {
 public:
  explicit Plain(const TrainingStep& step) : model_(std::make_shared<PlainModel>(step)) {}
  std::vector<torch::Tensor> parameters() const override { return model_->parameters(); }
  torch::Tensor loss(const torch::Tensor& batch) override { return model_->loss(batch); }
  std::vector<double> time(const torch::Tensor& batch, std::int64_t count) override {
    using Clock = std::chrono::steady_clock;
    if (!training_) {
      training_.emplace(model_, batch);
      training_->step();
    }
    std::vector<double> seconds;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto start = Clock::now();
      training_->step();
      seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    return seconds;
  }

 private:
  std::shared_ptr<PlainModel> model_;
  std::optional<PlainTraining> training_;
};

std::unique_ptr<Side> make_side(const std::string& name, const TrainingStep& step) {
  if (name == "ours") return std::make_unique<Ours>(step);
  if (name == "plain") return std::make_unique<Plain>(step);
  throw std::invalid_argument("'" + name + "' is neither ours nor plain");
}

/// Starts anew in a worker's environment, unless this is that start: it is read before main().
void enter_worker_environment(char** argv) {
  constexpr const char* kMark = "RRAEBENCH_STEP_TIMES";
  keep_freed_memory();  // As a worker's main() does.
  if (std::getenv(kMark) != nullptr) return;
  std::vector<std::string> inherited;
  for (char** entry = environ; *entry != nullptr; ++entry) inherited.emplace_back(*entry);
  auto entries = worker_environment(inherited, std::string(kMark) + "=1");
  std::vector<char*> pointers;
  for (auto& entry : entries) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  execve("/proc/self/exe", argv, pointers.data());
  throw std::system_error(errno, std::generic_category(), "execve");
}

nlohmann::json list() {
  auto all = nlohmann::json::array();
  for (const auto& step : training_steps()) {
    nlohmann::json shapes = nlohmann::json::array();
    for (const auto& parameter : PlainModel(step).parameters()) shapes.push_back(parameter.sizes().vec());
    all.push_back({{"name", step.name},
                   {"plugin", step.plugin},
                   {"family", step.family},
                   {"sample_shape", step.sample_shape},
                   {"batch_size", step.batch_size},
                   {"latent", step.latent},
                   {"rank", step.rank},
                   {"parameters", shapes}});
  }
  return all;
}

void print(const nlohmann::json& line) {
  std::puts(line.dump().c_str());
  std::fflush(stdout);
}

void serve(const std::string& name, const TrainingStep& step, const std::filesystem::path& folder) {
  const auto side = make_side(name, step);
  const auto batch = read_tensor(folder / "batch.npy");
  std::vector<torch::Tensor> given;
  for (std::size_t i = 0; i < side->parameters().size(); ++i)
    given.push_back(read_tensor(folder / (numbered("parameter", i) + ".npy")));
  copy_parameters(given, side->parameters());
  torch::manual_seed(kNoiseSeed);
  if (step.rank > 0)
    write_npz(folder / "noise.npz", {{"noise", to_array(torch::randn({step.batch_size, step.rank}))}});
  torch::manual_seed(kNoiseSeed);
  const auto loss = side->loss(batch);
  loss.backward();
  write_gradients(folder / (name + ".npz"), side->parameters());
  const auto environment = describe_environment(torch::kCPU, at::get_num_threads());
  print({{"loss", loss.item<double>()},
         {"processor", environment.cpu},
         {"versions", {{"LibTorch", environment.libtorch_version}}}});
  for (std::int64_t count = 0; std::cin >> count;) print(side->time(batch, count));
}

void run(const std::vector<std::string>& arguments, char** argv) {
  if (arguments.size() == 1 && arguments[0] == "list") return print(list());
  if (arguments.size() != 4) throw std::invalid_argument("usage: see the first lines of step_times.cpp");
  if (arguments[0] == "ours") enter_worker_environment(argv);
  torch::set_num_threads(std::stoi(arguments[3]));
  serve(arguments[0], training_step(arguments[1]), arguments[2]);
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  try {
    rraebench::run({argv + 1, argv + argc}, argv);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
