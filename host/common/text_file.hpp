#pragma once
// Implements: a text file as a whole.

#include <filesystem>
#include <string>

namespace rraebench {

/// Throws UserError "FILE: cannot be read".
std::string read_text_file(const std::filesystem::path& file);

}  // namespace rraebench
