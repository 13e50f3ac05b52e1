#pragma once
// Implements: known files out of a tar archive, and nothing else: a name that is not asked for is never
// written, so no path of the archive can lead anywhere.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

struct ArchiveMember {
  std::string path;        // In the archive: "cifar-10-batches-bin/test_batch.bin".
  std::uint64_t size = 0;  // Bytes, exactly.
};

/// Writes each member as `folder`/its last name, as DurableFile does, so that only whole files stand there.
/// Throws UserError when a member is missing, is no plain file or has another size, when the archive is
/// damaged, or when it holds far more than its members, and as DurableFile does.
void unpack_members(const std::filesystem::path& archive, const std::vector<ArchiveMember>& members,
                    const std::filesystem::path& folder);

}  // namespace rraebench
