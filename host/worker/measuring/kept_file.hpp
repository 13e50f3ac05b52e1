#pragma once
// Implements: what is made once and kept in the cache folder for all runs.

#include <filesystem>
#include <functional>
#include <string>

namespace rraebench {

/// What the user is told; either may be empty.
struct Notices {
  std::function<void(const std::string& text)> warn = {};
  std::function<void(const std::string& text)> waiting =
      {};  // For which file, where another process makes it.
};

/// Hands the bytes of `file` to `load`; where there is no such file, those that `make` gives, which are kept.
/// Of several runs that need the file, one makes it and the others wait. Where `load` throws, the file is
/// damaged: it is made anew, with a warning. A file that may not be read, and a folder or disk that does not
/// take a new one, throw InfrastructureError naming it.
void load_or_make(const std::filesystem::path& file,
                  const std::function<void(const std::string& bytes)>& load,
                  const std::function<std::string()>& make, const Notices& notices);

}  // namespace rraebench
