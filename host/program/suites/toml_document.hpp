#pragma once
// Implements: a TOML file read into a table, or refused in one line, whatever the file holds.

#include <toml++/toml.h>

#include <filesystem>

namespace rraebench {

/// Throws UserError naming file and line: not TOML, not UTF-8, a key of more than a hundred parts (the parser
/// and the tables' ends recurse), or as read_text_file().
toml::table read_toml(const std::filesystem::path& file);

}  // namespace rraebench
