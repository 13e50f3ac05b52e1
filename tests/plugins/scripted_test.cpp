// The plugin `scripted` with modules that are written here, as torch.jit.script() would write them.
#include "built_plugins.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/conformance/checks.hpp"
#include "host/worker/training/saved_state.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kLoss = R"(
def loss(self, samples, indices) -> Dict[str, Tensor]:
    error = 100.0 * torch.norm(self.decode(self.encode(samples)) - samples) / torch.norm(samples)
    return {"total": error, "reconstruction": error.detach()}
)";
constexpr const char* kEncode = R"(
def encode(self, samples):
    return torch.matmul(self.encoder.forward(samples), self.mean)
)";
constexpr const char* kDecode = R"(
def decode(self, coefficients):
    return torch.matmul(torch.tanh(torch.matmul(coefficients, self.out1)), self.out2)
)";
constexpr const char* kReset = R"(
def reset_parameters(self, seed: int):
    torch.manual_seed(seed)
    self.mean.uniform_(-0.3, 0.3)
    self.out1.uniform_(-0.3, 0.3)
    self.out2.uniform_(-0.3, 0.3)
    self.encoder.weight.uniform_(-0.3, 0.3)
)";

torch::Tensor weights(at::IntArrayRef shape) {
  return (0.3 * torch::randn(shape)).set_requires_grad(true);
}

class ScriptedPlugin : public testing::Test {
 protected:
  /// An autoencoder of 12 values with these methods, saved.
  std::string save(const std::vector<std::string>& methods, const std::string& name = "my_model.pt") {
    torch::manual_seed(11);
    torch::jit::Module encoder("Encoder");
    encoder.register_parameter("weight", weights({12, 8}), /*is_buffer=*/false);
    encoder.define(
        "def forward(self, samples):\n    return torch.tanh(torch.matmul(samples, self.weight))\n");
    torch::jit::Module module("Autoencoder");
    module.register_module("encoder", encoder);
    module.register_parameter("mean", weights({8, 3}), false);
    module.register_parameter("out1", weights({3, 8}), false);
    module.register_parameter("out2", weights({8, 12}), false);
    module.register_buffer("steps", torch::zeros({1}));
    module.register_buffer("sum", torch::zeros({12}));
    std::string code;
    for (const auto& method : methods) code += method;
    module.define(code);
    auto file = (folder_ / name).string();
    module.save(file);
    return file;
  }

  std::string save() { return save({kEncode, kDecode, kLoss, kReset}); }

  TriedPlugin tried(const std::string& file) const {
    return TriedPlugin(built_plugin("scripted"), {{"file", file}});
  }

  CheckedModel model(const std::string& file) const {
    return CheckedModel(make_tiny(tried(file)), {kTinySampleSize});
  }

  std::string error_of(const std::string& file) const {
    try {
      const auto made = model(file);
      made.loss(training_set());
      return "";
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  const TemporaryFolder folder_;
};

TEST_F(ScriptedPlugin, KeepsEveryPromise) {
  const auto plugin = tried(save());
  for (const auto& check : conformance_checks()) {
    SCOPED_TRACE(check.promise);
    EXPECT_NO_THROW(check.run(plugin));
  }
}

TEST_F(ScriptedPlugin, HasTheScriptsStateUnderItsNames) {
  const auto made = model(save());
  std::vector<std::string> names;
  for (const auto& item : made.module().named_parameters()) names.push_back(item.key());
  for (const auto& item : made.module().named_buffers()) names.push_back(item.key());
  EXPECT_THAT(names, testing::UnorderedElementsAre("encoder.weight", "mean", "out1", "out2", "steps", "sum"));
}

TEST_F(ScriptedPlugin, IsGivenWhatItsLossAsksForByName) {
  const auto made = model(save({kEncode, kDecode, R"(
def loss(self, x, step: int, total_steps: int, labels: Optional[Tensor], parameters: Tensor) -> Dict[str, Tensor]:
    known = 0 if labels is None else 1
    return {"total": torch.sum(self.decode(self.encode(x))), "step": torch.tensor(step),
            "steps": torch.tensor(total_steps), "known": torch.tensor(known),
            "parameters": torch.sum(parameters)}
)"}));
  auto batch = training_set();
  batch.step = 7;
  const auto loss = made.loss(batch);
  EXPECT_EQ(part_of(loss, "step"), 7);
  EXPECT_EQ(part_of(loss, "steps"), kTinySteps);
  EXPECT_EQ(part_of(loss, "known"), 1);
  EXPECT_FLOAT_EQ(part_of(loss, "parameters"), 5.0F);
  batch.labels = torch::Tensor();
  EXPECT_EQ(part_of(made.loss(batch), "known"), 0);
  batch.parameters = torch::Tensor();
  EXPECT_THROW(
      try { made.loss(batch); } catch (const std::exception& error) {
        EXPECT_STREQ(error.what(),
                     "method 'loss' of my_model.pt asks for 'parameters', which the data have not; write "
                     "'parameters: Optional[Tensor]' to do without");
        throw;
      },
      std::runtime_error);
}

TEST_F(ScriptedPlugin, BuffersThatTheScriptAssignsAreSavedAndMoved) {
  const auto file = save({kEncode, kDecode, kLoss, R"(
def after_step(self):
    self.steps = self.steps + 1.0
def finalise(self, samples, first: bool, last: bool):
    if first:
        self.sum = torch.zeros_like(self.sum)
    self.sum = self.sum + samples.sum(0)
    if last:
        self.sum = self.sum / self.sum.norm()
)"});
  const auto trained = make_tiny(tried(file));
  const auto all = training_set();
  train_tiny(*trained, all, 5);
  finalise_tiny(*trained, all);
  EXPECT_EQ(trained->named_buffers()["steps"].item<float>(), 5.0F);
  const auto sum = all.samples.sum(0);
  EXPECT_TRUE(torch::allclose(trained->named_buffers()["sum"], sum / sum.norm()));

  const auto copy = make_tiny(tried(file));
  load_state(*copy, saved_state(*trained));
  train_tiny(*copy, all, 2);
  EXPECT_EQ(copy->named_buffers()["steps"].item<float>(), 7.0F) << "the script goes on from what was loaded";
}

TEST_F(ScriptedPlugin, AnswersWithPosteriorPriorLatentAndKlWhereTheScriptHasThem) {
  const auto samples = training_set().samples;
  const auto plain = model(save());
  EXPECT_FALSE(plain.posterior(samples));
  EXPECT_FALSE(plain.prior(3));
  EXPECT_FALSE(plain.kl(samples));
  EXPECT_TRUE(torch::equal(plain.latent(samples), plain.encode(samples)));
  const auto full = model(save({kEncode, kDecode, kLoss, R"(
def latent(self, samples):
    return self.encoder.forward(samples)
def posterior(self, samples):
    return self.encode(samples), torch.zeros_like(self.encode(samples))
def prior(self, count: int):
    return torch.randn([count, 3])
def kl(self, samples):
    return self.encode(samples) * self.encode(samples)
)"}));
  EXPECT_EQ(full.latent(samples).size(1), 8);
  EXPECT_TRUE(full.posterior(samples));
  EXPECT_EQ(full.prior(3)->size(1), 3);
  EXPECT_TRUE(full.kl(samples));
}

TEST_F(ScriptedPlugin, WhatIsWrongIsSaidInPythonsNames) {
  const std::string add_export = "and mark it with @torch.jit.export";
  EXPECT_THAT(error_of(save({kEncode, kDecode})),
              AllOf(HasSubstr("my_model.pt has no method 'loss'; write 'def loss(self, samples, indices) -> "
                              "Dict[str, Tensor]'"),
                    HasSubstr(add_export)));
  EXPECT_THAT(
      error_of(save({kEncode, kDecode, "def loss(self, samples, indices):\n    return samples.sum()\n"})),
      HasSubstr("method 'loss' of my_model.pt must return Dict[str, Tensor], got Tensor; write"));
  EXPECT_THAT(
      error_of(save({kEncode, kDecode,
                     "def loss(self, samples, indices) -> Dict[str, Tensor]:\n"
                     "    return {\"error\": samples.sum()}\n"})),
      HasSubstr("method 'loss' of my_model.pt must return Dict[str, Tensor] with the key 'total', got the "
                "keys 'error'"));
  EXPECT_THAT(
      error_of(save({kEncode, kDecode,
                     "def loss(self, samples, epoch: int) -> Dict[str, Tensor]:\n"
                     "    return {\"total\": samples.sum()}\n"})),
      HasSubstr("method 'loss' of my_model.pt asks for 'epoch', which it is not given; known: indices, "
                "labels"));
  EXPECT_THAT(error_of(save({kEncode, kDecode, kLoss, "def prior(self, count: int):\n    return 3\n"})),
              HasSubstr("method 'prior' of my_model.pt must return Tensor, got int"));
  const auto failing = error_of(
      save({kEncode, "def decode(self, coefficients):\n    return torch.matmul(coefficients, self.out2)\n",
            kLoss}));
  EXPECT_THAT(failing,
              AllOf(testing::ContainsRegex(
                        "method 'loss' of my_model.pt: (mm: )?mat1 and mat2 shapes cannot be multiplied"),
                    Not(HasSubstr("\n"))));
}

TEST_F(ScriptedPlugin, FilesOfAnotherKindAreRefusedInOneLine) {
  const auto whole = read_file(save());
  for (const auto& [bytes, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "is no TorchScript module"},
           {"a poem", "is no TorchScript module"},
           {whole.substr(0, whole.size() / 2), "is no TorchScript module"},
           {whole.substr(0, whole.size() - 40), "is no TorchScript module"}}) {
    const auto error = error_of(folder_.write("other.pt", bytes).string());
    EXPECT_THAT(error, AllOf(HasSubstr("other.pt " + expected), Not(HasSubstr("\n")),
                             HasSubstr("torch.jit.script(model).save(\"other.pt\")")));
  }
  torch::serialize::OutputArchive weights;
  weights.write("weight", torch::ones({2}));
  weights.save_to((folder_ / "weights.pt").string());
  EXPECT_THAT(error_of((folder_ / "weights.pt").string()), HasSubstr("weights.pt has no method 'loss'"));
}

/// The reconstruction of 12 values as an image of 3 x 4, by LibTorch's own layers.
torch::Tensor reconstruct_by_torchs_layers(const torch::Tensor& samples,
                                           const torch::OrderedDict<std::string, torch::Tensor>& weights) {
  auto images = torch::conv2d(samples.view({-1, 1, 3, 4}), weights["down"], weights["bias"], 2, 1).relu();
  images = torch::conv_transpose2d(images, weights["up"], weights["bias"], 2, 1, 1).relu();
  images = torch::conv_transpose2d(images, weights["up"], {}, 1, 0).tanh();
  images = torch::conv_transpose2d(images, weights["up"], weights["bias"], 1, 1);
  return torch::conv2d(images, weights["last"]).flatten(1);
}

TEST_F(ScriptedPlugin, ConvolutionsAreReplacedByFasterOnesThatAnswerAlike) {
  torch::manual_seed(5);
  torch::jit::Module module("Convolutional");
  module.register_parameter("down", weights({2, 1, 3, 3}), false);
  module.register_parameter("up", weights({2, 2, 3, 3}), false);
  module.register_parameter("bias", weights({2}), false);
  module.register_parameter("last", weights({1, 2, 4, 3}), false);
  module.define(R"(
def loss(self, samples, indices) -> Dict[str, Tensor]:
    mean, log_variance = self.posterior(samples)
    return {"total": 100.0 * torch.norm(self.decode(mean) - samples) / torch.norm(samples)}
def posterior(self, samples):
    mean = torch.relu(torch.conv2d(samples.view(-1, 1, 3, 4), self.down, self.bias, 2, 1)).flatten(1)
    return mean, torch.zeros_like(mean)
def encode(self, samples):
    return torch.relu(torch.conv2d(samples.view(-1, 1, 3, 4), self.down, self.bias, 2, 1)).flatten(1)
def decode(self, coefficients):
    images = coefficients.view(-1, 2, 2, 2)
    images = torch.relu(torch.conv_transpose2d(images, self.up, self.bias, 2, 1, 1))
    if images.size(0) > 0:
        images = torch.tanh(torch.conv_transpose2d(images, self.up, None, 1, 0))
    images = torch.conv_transpose2d(images, self.up, self.bias, 1, 1)
    return torch.conv2d(images, self.last).flatten(1)
)");
  const auto file = (folder_ / "convolutional.pt").string();
  module.save(file);
  const auto made = model(file);
  const auto batch = training_set();
  const auto parameters = made.module().named_parameters();
  const auto reconstruction = reconstruct_by_torchs_layers(batch.samples, parameters);
  const auto expected = 100.0 * (reconstruction - batch.samples).norm() / batch.samples.norm();
  const auto actual = made.loss(batch).total;
  EXPECT_NEAR(actual.item<double>(), expected.item<double>(), 1e-4);
  const auto leaves = parameters.values();
  const auto expected_gradients = torch::autograd::grad({expected}, leaves);
  const auto gradients = torch::autograd::grad({actual}, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    EXPECT_TRUE(torch::allclose(gradients[i], expected_gradients[i], 1e-4, 1e-4)) << parameters.keys()[i];
  // Also in a method that another one calls.
  const torch::NoGradGuard no_gradients;
  EXPECT_TRUE(torch::equal(made.posterior(batch.samples)->mean, made.encode(batch.samples)));
  EXPECT_TRUE(torch::allclose(made.decode(made.encode(batch.samples)), reconstruction, 1e-5, 1e-6));
}

TEST_F(ScriptedPlugin, BytesThatChangedAreRefusedOrRead) {
  const auto whole = read_file(save());
  torch::manual_seed(3);
  for (int trial = 0; trial < 60; ++trial) {
    auto bytes = whole;
    const auto place = torch::randint(static_cast<std::int64_t>(bytes.size()), {1}).item<std::int64_t>();
    auto& byte = bytes[static_cast<std::size_t>(place)];
    byte = static_cast<char>(byte ^ (1 + trial * 4));
    EXPECT_THAT(error_of(folder_.write("changed.pt", bytes).string()), Not(HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace rraebench
