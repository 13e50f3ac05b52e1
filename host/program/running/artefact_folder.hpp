#pragma once
// Implements: the folder into which one run writes what it leaves: there under its name once the run went
// well, and gone with whatever was begun where it did not.

#include "reports/store/run_record.hpp"

#include <filesystem>
#include <string>

namespace rraebench {

/// Of all runs into `database`: results-artefacts beside results.db.
std::filesystem::path artefact_folder(const std::filesystem::path& database);

/// Removes what a kill left half written in it. No run may be under way.
void remove_unfinished_artefacts(const std::filesystem::path& folder);

class ArtefactFolder {
 public:
  /// Makes a folder in `all`, that artefact_folder() gives, that no run had before. Throws
  /// InfrastructureError.
  ArtefactFolder(std::filesystem::path all, const std::string& identity);
  /// Removes it, unless it is settled.
  ~ArtefactFolder();
  ArtefactFolder(const ArtefactFolder&) = delete;
  ArtefactFolder& operator=(const ArtefactFolder&) = delete;

  /// Where the run writes.
  std::filesystem::path unfinished() const;

  /// Of a run that went well: gives the folder its name, and the record's artefacts their paths from the
  /// database. Of another: its record has none. Where the name cannot be given, the run is one that failed.
  void finish(RunRecord& record);

  /// The run is stored.
  void settle() { settled_ = true; }

 private:
  std::filesystem::path all_;
  std::filesystem::path folder_;
  bool finished_ = false;
  bool settled_ = false;
};

}  // namespace rraebench
