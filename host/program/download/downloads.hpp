#pragma once
// Implements: what can be fetched, from where, and how it is known to be right.

#include "host/program/download/fetch.hpp"
#include "host/program/download/unpack.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

struct Download {
  std::string name;     // "cifar10".
  std::string summary;  // One line.
  std::string folder;   // In the data folder.
  std::vector<RemoteFile> files;
  std::vector<ArchiveMember> members;  // Not empty: the one file is an archive that holds these.
  /// Whether members of the right sizes in `folder` hold what their publisher says of them, who states no
  /// checksums of theirs. Null: nothing is said.
  bool (*holds_members)(const std::filesystem::path& folder) = nullptr;
};

const std::vector<Download>& downloads();

/// `download` with every file looked for at `mirror`/NAME alone.
Download from_mirror(Download download, const std::string& mirror);

}  // namespace rraebench
