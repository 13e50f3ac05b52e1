#pragma once
// Implements: whether this machine lets a suite be run: folders that can be written, file descriptors for the
// jobs, the cores that may be used.

#include <cstdint>
#include <filesystem>
#include <string>

namespace rraebench {

/// Makes `folder` where it is missing and tries to write into it; what was made for that is removed again.
/// Throws UserError "cannot write the WHAT FOLDER: why; REMEDY".
void require_writable(const std::filesystem::path& folder, const std::string& what,
                      const std::string& remedy);

/// Raises this process's soft limit of open files as far as `jobs` at a time need and the hard limit allows.
/// Throws UserError where that is not enough.
void require_descriptors(std::int64_t jobs);

/// Cores that this process may use, which a container, a batch system or taskset may have narrowed: of the
/// affinity and of the control group's quota the smaller.
std::int64_t usable_cores();

}  // namespace rraebench
