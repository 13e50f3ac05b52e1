#pragma once
// Implements: what a new plugin can be named, and what its files and its class are named after it.

#include <string>

namespace rraebench {

/// Throws UserError, with the remedy, where a plugin's name would give a file, a class or a CMake target that
/// cannot be: names are lower-case words with dashes between.
void check_plugin_name(const std::string& name);

/// "my_model" of "my-model".
std::string plugin_file_name(const std::string& name);

/// "MyModel" of "my-model".
std::string plugin_class_name(const std::string& name);

}  // namespace rraebench
