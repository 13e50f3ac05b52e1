// A training step of one VAE, as a plugin in C++ and as a TorchScript module in the plugin `scripted`: the
// same layers, as `rraebench new-model --python` writes them, the same weights, the same batch.
#include "tests/peers/training_steps.hpp"
#include "tests/support/temporary_folder.hpp"

#include <benchmark/benchmark.h>
#include <torch/script.h>

namespace {

using rraebench::Model;
using rraebench::TrainingStep;

const TrainingStep kStep = {"VAE CNN 28x28x1, batch 576", "vae", "cnn-vrrae", {1, 28, 28}, 576, 16, 0};

constexpr const char* kMethods = R"(
def encode(self, samples):
    return self.mean.forward(self.features(samples))

def features(self, samples):
    x = torch.relu(torch.conv2d(samples, self.encoder1.weight, self.encoder1.bias, [2, 2], [1, 1]))
    x = torch.relu(torch.conv2d(x, self.encoder2.weight, self.encoder2.bias, [2, 2], [1, 1]))
    return self.encoder3.forward(torch.flatten(x, 1))

def decode(self, coefficients):
    x = self.decoder0.forward(coefficients).view(-1, 32, 2, 2)
    x = torch.relu(torch.conv_transpose2d(x, self.decoder1.weight, self.decoder1.bias, [2, 2], [1, 1], [1, 1]))
    x = torch.relu(torch.conv_transpose2d(x, self.decoder2.weight, self.decoder2.bias, [2, 2], [1, 1], [1, 1]))
    x = torch.relu(torch.conv_transpose2d(x, self.decoder3.weight, self.decoder3.bias, [2, 2], [1, 1], [1, 1]))
    x = torch.relu(torch.conv_transpose2d(x, self.decoder4.weight, self.decoder4.bias, [2, 2], [1, 1], [1, 1]))
    return torch.conv2d(x, self.decoder5.weight, self.decoder5.bias)

def loss(self, samples, indices) -> Dict[str, Tensor]:
    features = self.features(samples)
    mean = self.mean.forward(features)
    log_variance = self.log_variance.forward(features)
    z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
    error = 100.0 * torch.norm(self.decode(z) - samples) / torch.norm(samples)
    kl = -0.5 * torch.sum(1.0 + log_variance - mean * mean - torch.exp(log_variance))
    return {"total": error + 0.001 * kl, "reconstruction": error.detach(), "kl": kl.detach()}
)";

/// A layer of the script, with weight and bias of its own.
torch::jit::Module layer(const torch::Tensor& weight, const torch::Tensor& bias) {
  torch::jit::Module module("Layer");
  module.register_parameter("weight", weight.detach().clone().set_requires_grad(true), false);
  module.register_parameter("bias", bias.detach().clone().set_requires_grad(true), false);
  module.define("def forward(self, x):\n    return torch.addmm(self.bias, x, self.weight.t())\n");
  return module;
}

/// The weights in the order in which the plugin registers them: encoder, mean, log variance, decoder.
void save_script(const std::vector<torch::Tensor>& weights, const std::string& file) {
  torch::jit::Module module("Vae");
  std::size_t next = 0;
  for (const char* name : {"encoder1", "encoder2", "encoder3", "mean", "log_variance", "decoder0", "decoder1",
                           "decoder2", "decoder3", "decoder4", "decoder5"}) {
    module.register_module(name, layer(weights.at(next), weights.at(next + 1)));
    next += 2;
  }
  module.define(kMethods);
  module.save(file);
}

std::shared_ptr<Model> make_scripted(const std::string& file) {
  auto step = kStep;
  step.plugin = "scripted";
  return rraebench::make_model(step, {{"file", file}}, 3);
}

void train(benchmark::State& state, const std::shared_ptr<Model>& model) {
  rraebench::ModelTraining loop(model, smooth_batch(kStep, 7));
  torch::manual_seed(5);
  state.counters["first loss"] = loop.step();
  loop.step();
  for (auto _ : state) benchmark::DoNotOptimize(loop.step());
}

}  // namespace

int main(int argc, char** argv) {
  rraebench::train_as_the_worker();
  const rraebench::TemporaryFolder folder;
  const auto file = (folder / "vae.pt").string();
  const auto native = rraebench::make_model(kStep, 3);
  save_script(native->parameters(), file);
  const auto scripted = make_scripted(file);
  for (const auto& [name, model] : {std::pair{"plugin in C++", native}, {"scripted", scripted}})
    benchmark::RegisterBenchmark((kStep.name + "/" + name).c_str(), train, model)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
