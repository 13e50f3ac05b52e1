#pragma once
// Implements: the plugins that this build made, and what their tests ask of them.

#include "host/worker/conformance/tiny_instance.hpp"

#include <string>

namespace rraebench {

/// By the plugin's name; the bad ones are among them.
PluginLibrary built_plugin(const std::string& name);

/// The part of a loss that is called `name`.
double part_of(const Loss& loss, const std::string& name);

}  // namespace rraebench
