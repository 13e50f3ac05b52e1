#pragma once
// Implements: a tiny instance of a plugin's model and data to try it on.

#include "host/worker/plugin_library.hpp"
#include "rraebench/model.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

constexpr std::int64_t kTinySampleSize = 12;
constexpr std::int64_t kTinySamples = 10;

std::vector<OptionRule> declared_options(const PluginLibrary& library);

/// A plugin, and the options that it is tried with beside its defaults.
struct TriedPlugin {
  TriedPlugin(const PluginLibrary& plugin,
              std::map<std::string, std::string> given = {})  // NOLINT: a plugin is one.
      : library(plugin), options(std::move(given)) {}

  PluginLibrary library;
  std::map<std::string, std::string> options;
};

/// What is `given`, then the tried options, then latent = 6 and rank = 2 where the plugin has such options,
/// its defaults elsewhere.
std::shared_ptr<Model> make_tiny(const TriedPlugin& plugin, std::map<std::string, std::string> given = {},
                                 std::uint64_t seed = 1, torch::ScalarType type = torch::kFloat32);

/// Ten sines of another phase each.
Batch training_set(torch::ScalarType type = torch::kFloat32);

NextBatch tiny_batches(const Batch& all, std::int64_t batch_size);

void finalise_tiny(Model& model, const Batch& all, std::int64_t batch_size = 4);

void train_tiny(Model& model, const Batch& batch, int steps);

/// With the same noise every time.
torch::Tensor seeded_loss(Model& model, const Batch& batch);

}  // namespace rraebench
