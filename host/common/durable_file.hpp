#pragma once
// Implements: a file that is there as a whole or not at all, whatever happens while it is written.

#include <filesystem>
#include <string_view>

namespace rraebench {

/// Writes FILE.part, brings it to the disk and renames it to `file`, so that a kill, a full disk or a power
/// cut leaves the file that was there before. Its folder must exist. Throws InfrastructureError, which names
/// the file and says what is wanting; FILE.part is then removed.
void write_file_durably(const std::filesystem::path& file, std::string_view bytes);

}  // namespace rraebench
