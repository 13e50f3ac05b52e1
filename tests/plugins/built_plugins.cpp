#include "built_plugins.hpp"

#include "plugin_files.hpp"

#include <stdexcept>

namespace rraebench {

PluginLibrary built_plugin(const std::string& name) {
  const std::string folder = name.rfind("bad-", 0) == 0 ? kBadPluginFolder : kPluginFolder;
  return PluginLibrary(folder + "/" + name + ".so");
}

double part_of(const Loss& loss, const std::string& name) {
  for (const auto& [part, value] : loss.parts)
    if (part == name) return value.item<double>();
  throw std::out_of_range("the loss has no part '" + name + "'");
}

}  // namespace rraebench
