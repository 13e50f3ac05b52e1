#pragma once
// Implements: which plugin folders and files others than this user can change, which is to run code as this
// user.

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// A sentence, with the remedy, where others can write to one of these folders or a plugin in it, or
/// everybody to a folder above without the sticky bit, and one where a folder or plugin belongs to another
/// user than this one and root. A group that is this user's own lets in nobody else.
std::vector<std::string> changeable_plugins(const std::vector<std::filesystem::path>& folders);

/// The same of one plugin and the folder that it is in.
std::vector<std::string> changeable_plugin(const std::filesystem::path& file);

}  // namespace rraebench
