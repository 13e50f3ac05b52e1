#pragma once
// Implements: whether this machine lets a suite be run: folders that can be written, file descriptors for the
// jobs, the cores that may be used.

#include <cstdint>
#include <filesystem>
#include <string>

namespace rraebench {

/// `folder`, or where it is missing the nearest folder above it that is there.
std::filesystem::path nearest_existing(const std::filesystem::path& folder);

/// Tries to write into `folder`, or where it is missing into the nearest one above it. Makes no folder, which
/// another program could meet and then miss. Throws UserError "cannot write the WHAT FOLDER: why; REMEDY".
void require_writable(const std::filesystem::path& folder, const std::string& what,
                      const std::string& remedy);

/// Raises this process's soft limit of open files as far as `jobs` at a time need and the hard limit allows.
/// Throws UserError where that is not enough.
void require_descriptors(std::int64_t jobs);

/// Cores that this process may use, which a container, a batch system or taskset may have narrowed: of the
/// affinity and of the control group's quota the smaller.
std::int64_t usable_cores();

/// Whether this processor multiplies in bfloat16 itself (AVX512-BF16, AMX); one that does not is slower at it
/// than at float32.
bool processor_has_bfloat16();

/// Throws UserError, which begins with `place`, where networks are to train on this processor in bfloat16 and
/// it does not multiply in it, or in tf32, which no processor has.
void require_precision(const std::string& precision, const std::string& device, const std::string& place);

}  // namespace rraebench
