#pragma once
// Implements: what a run is made of, as it was planned: plugin, data set, the files of its options, and the
// model that all of them give.

#include "datasets/dataset.hpp"
#include "host/common/cell.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/plugin_library.hpp"

#include <nlohmann/json_fwd.hpp>
#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

namespace rraebench {

/// A run's plugin: one that is rebuilt while its suite runs must not be filed under the old build.
class PlannedPlugin {
 public:
  /// Throws as PlannedFile does, and InfrastructureError where it cannot be used any more.
  PlannedPlugin(const std::filesystem::path& file, const std::string& sha256);

  const PluginLibrary& library() const { return library_; }
  /// Throws InfrastructureError where it was written over meanwhile.
  void require_same() const { file_.require_same_bytes(); }

 private:
  PlannedFile file_;
  PluginLibrary library_;
};

/// Throws InfrastructureError where the data set cannot be used any more or is not the planned one,
/// InterruptedError where a stop is wished. `emit` is told what is waited for and what is to be said of the
/// data.
Dataset load_planned_data(const RunSpec& spec, const Execution& execution,
                          const std::function<void(const nlohmann::json& event)>& emit);

/// The files that a run's options name.
class OptionFiles {
 public:
  /// Throws InfrastructureError where one is not there any more.
  explicit OptionFiles(const RunSpec& spec);

  /// What `read` gives, which opens the files by their names. Throws InfrastructureError where one is not the
  /// planned one.
  template <typename Read>
  auto reading(const Read& read) const {
    require_same();
    auto result = read();
    require_same();
    return result;
  }

 private:
  void require_same() const;

  std::list<PlannedFile> files_;
};

/// Builds a run's model, as often as it is asked for one.
class ModelFactory {
 public:
  /// Throws OptionError for options that the plugin does not take, and as OptionFiles does.
  ModelFactory(const RunSpec& spec, const PluginLibrary& plugin, const Dataset& dataset,
               torch::Device device);

  /// What every model is told.
  const ModelSpec& spec() const { return spec_; }

  /// On the run's device, under a seed of its own for each `purpose`. Throws what the plugin throws, and as
  /// OptionFiles and load_pretrained() do.
  CheckedModel build(std::string_view purpose) const;

 private:
  /// The plugin's model, with the weights that it is to start from.
  std::shared_ptr<Model> create(std::string_view purpose) const;

  PluginLibrary plugin_;
  std::int64_t seed_;
  torch::Device device_;
  ModelSpec spec_;
  OptionFiles option_files_;
  bool takes_common_weights_;  // Not where the plugin has an option of that name itself.
};

}  // namespace rraebench
