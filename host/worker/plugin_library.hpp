#pragma once
// Implements: one plugin file: opened, checked, asked for models. The only user of Boost.DLL.

#include "rraebench/plugin.hpp"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace rraebench {

/// A plugin file that cannot be used; the message names the file, what is wrong and the remedy.
class PluginError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An opened plugin whose ABI stamp equals this program's, but for an older contract that this program takes.
/// Copies share the library, and every model keeps it open.
class PluginLibrary {
 public:
  /// Throws PluginError for a missing file, one that is no plugin, or one of another contract or LibTorch
  /// version.
  explicit PluginLibrary(const std::filesystem::path& file);

  const PluginDescriptor& descriptor() const { return *descriptor_; }

  /// The contract's version for which the plugin was built: what came later must not be called.
  int contract() const { return contract_; }

  /// Seeds LibTorch's generator with `seed` and builds the model. What the plugin throws passes through.
  std::shared_ptr<Model> create_model(const ModelSpec& spec, std::uint64_t seed) const;

 private:
  std::shared_ptr<const void> library_;
  const PluginDescriptor* descriptor_;
  int contract_;
};

/// The rules of the options that the plugin declares.
std::vector<OptionRule> declared_options(const PluginLibrary& library);

}  // namespace rraebench
