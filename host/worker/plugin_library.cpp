#include "host/worker/plugin_library.hpp"

#include <boost/dll/shared_library.hpp>

#include <optional>
#include <string_view>

namespace rraebench {
namespace {

// Boost 1.81 appends an unrelated errno text to the loader's own words: keep the loader's.
std::string loader_message(const std::exception& error) {
  std::string text = error.what();
  constexpr std::string_view kBefore = "dlerror system message: ";
  const auto start = text.find(kBefore);
  const auto end = text.rfind("): ");
  if (start == std::string::npos || end == std::string::npos || end < start) return text;
  return text.substr(start + kBefore.size(), end - start - kBefore.size());
}

std::shared_ptr<boost::dll::shared_library> open(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file))
    throw PluginError(file.string() + ": no such plugin file; check --plugin-dir and RRAEBENCH_PLUGIN_PATH");
  try {
    return std::make_shared<boost::dll::shared_library>(
        std::filesystem::absolute(file).string(),
        boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    throw PluginError(file.string() + ": cannot be loaded: " + loader_message(error));
  }
}

/// The contract's version in a stamp that is otherwise this program's; nullopt for one that cannot be used.
std::optional<int> contract_of(const std::string& abi) {
  const std::string own = RRAEBENCH_ABI;
  const auto rest = own.substr(own.find(' '));
  for (int contract = RRAEBENCH_OLDEST_CONTRACT; contract <= RRAEBENCH_CONTRACT_VERSION; ++contract)
    if (abi == "contract=" + std::to_string(contract) + rest) return contract;
  return std::nullopt;
}

}  // namespace

PluginLibrary::PluginLibrary(const std::filesystem::path& file) {
  const auto library = open(file);
  if (!library->has(RRAEBENCH_PLUGIN_SYMBOL))
    throw PluginError(file.string() + ": exports no '" RRAEBENCH_PLUGIN_SYMBOL
                                      "'; end the plugin's source with RRAEBENCH_EXPORT_PLUGIN(...)");
  descriptor_ = library->get<const PluginDescriptor*>(RRAEBENCH_PLUGIN_SYMBOL);
  const auto contract = contract_of(descriptor_->abi);
  if (!contract)
    throw PluginError(file.string() + ": built for [" + descriptor_->abi +
                      "], this program is [" RRAEBENCH_ABI
                      "]; rebuild the plugin against this program's SDK and LibTorch");
  contract_ = *contract;
  library_ = library;
}

std::shared_ptr<Model> PluginLibrary::create_model(const ModelSpec& spec, std::uint64_t seed) const {
  torch::manual_seed(seed);
  Model* model = descriptor_->create(spec);
  if (model == nullptr) throw std::runtime_error("the plugin's factory returned no model");
  return {model, [library = library_](Model* owned) { delete owned; }};
}

std::vector<OptionRule> declared_options(const PluginLibrary& library) {
  const auto& descriptor = library.descriptor();
  return {descriptor.options, descriptor.options + descriptor.option_count};
}

}  // namespace rraebench
