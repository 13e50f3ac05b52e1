#pragma once
// Implements: the files that a new model begins as, copied under its name.

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// The template's names of itself ("my-model", "my_model", "MyModel"), each replaced by the new model's.
/// `name`: lower-case words with dashes between.
std::string renamed_template(std::string text, const std::string& name);

/// Writes the template's file under the new name, and its path to standard output. Throws UserError.
void copy_template(const std::filesystem::path& original, const std::filesystem::path& file,
                   const std::string& name);

/// Throws UserError for a name that a plugin of the folders or a suite has: figures and --plugin-dir would
/// take one for the other.
void check_name_is_free(const std::string& name, const std::vector<std::filesystem::path>& folders);

/// Throws UserError where there is something at `path` already.
void require_nothing_at(const std::filesystem::path& path);

}  // namespace rraebench
