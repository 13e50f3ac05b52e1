#pragma once
// Implements: waiting for a file that another process has locked, and saying so.

#include <filesystem>
#include <functional>
#include <string>

namespace rraebench {

/// Takes an exclusive flock() on the open file `descriptor`, however long another process holds it. After
/// some seconds `waiting` is given a line, once, that says for which `file` and who holds it, where that is
/// known. `look` is called before each try and may throw to give it up; both may be empty. Returns 0, or the
/// errno of a file system that cannot lock.
int lock_patiently(int descriptor, const std::filesystem::path& file,
                   const std::function<void(const std::string& text)>& waiting,
                   const std::function<void()>& look);

}  // namespace rraebench
