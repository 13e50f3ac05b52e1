#pragma once
// Implements: a tiny instance of a plugin's model and data to try it on.

#include "host/worker/plugin_library.hpp"
#include "host/worker/torch_errors.hpp"
#include "rraebench/abi.hpp"
#include "rraebench/model.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

constexpr std::int64_t kTinySampleSize = 12;
constexpr std::int64_t kTinySamples = 10;
constexpr std::int64_t kTinySteps = 300;  // What models are told of the training's length.
constexpr std::int64_t kTinyClasses = 2;

/// A plugin, the options that it is tried with beside its defaults, and the shape of the samples.
struct TriedPlugin {
  TriedPlugin(const PluginLibrary& plugin,
              std::map<std::string, std::string> given = {},  // NOLINT: a plugin is one.
              std::vector<std::int64_t> shape = {kTinySampleSize})
      : library(plugin), options(std::move(given)), sample_shape(std::move(shape)) {}

  PluginLibrary library;
  std::map<std::string, std::string> options;
  std::vector<std::int64_t> sample_shape;  // {T} or {C, H, W}.
};

/// What is `given`, then the tried options, then latent = 6 and rank = 2 where the plugin has such options,
/// its defaults elsewhere.
std::shared_ptr<Model> make_tiny(const TriedPlugin& plugin, std::map<std::string, std::string> given = {},
                                 std::uint64_t seed = 1, torch::ScalarType type = torch::kFloat32);

/// Ten sines of another phase each, which is their parameter, labelled by turns; images as waves between 0
/// and 1.
Batch training_set(torch::ScalarType type = torch::kFloat32,
                   at::IntArrayRef sample_shape = {kTinySampleSize});

NextBatch tiny_batches(const Batch& all, std::int64_t batch_size);

/// `contract`: that of the model's plugin.
void finalise_tiny(Model& model, const Batch& all, std::int64_t batch_size = 4,
                   int contract = RRAEBENCH_CONTRACT_VERSION);

/// Nothing for a model with nothing to train.
void train_tiny(Model& model, const Batch& all, int steps);

/// With the same noise every time. Throws CallError.
torch::Tensor seeded_loss(Model& model, const Batch& batch);

/// What one of the model's own calls threw.
class CallError : public std::runtime_error {
 public:
  /// `call`: "encode()".
  CallError(std::string call, const std::string& sentence)
      : std::runtime_error(sentence), call_(std::move(call)) {}
  const std::string& call() const { return call_; }

 private:
  std::string call_;
};

/// What `work` gives, which is the model's `call`. Throws CallError where it throws.
template <typename Work>
auto in_call(const char* call, const Work& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    throw CallError(call, sentence_of(error));
  }
}

}  // namespace rraebench
