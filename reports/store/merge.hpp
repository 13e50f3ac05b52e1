#pragma once
// Implements: runs of results databases taken into another one.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace rraebench {

struct MergeCount {
  std::int64_t added = 0;
  std::int64_t known = 0;     // Were there already: same identity, start and end.
  std::int64_t left_out = 0;  // Of the identities that were to be left out.
};

/// What of a run a merge can leave out, since no table and no claim needs it: "curves", "pictures",
/// "spectra", and "folders", which tell of the machine and its user: where commands were given and suites
/// lay. Folders of the user's own data are settings, of which a run's identity is made, and stay.
std::vector<std::string> omissible_parts();

/// Takes databases into `into` one after another, in one transaction: all or nothing. All must have the
/// schema of this program. Every operation throws SQLite::Exception.
class RunMerger {
 public:
  /// `file`: where `into` is, from which the paths of artefacts lead. `without`: of omissible_parts().
  RunMerger(SQLite::Database& into, const std::filesystem::path& file,
            const std::set<std::string>& without = {});
  ~RunMerger();
  RunMerger(const RunMerger&) = delete;
  RunMerger& operator=(const RunMerger&) = delete;

  /// Copies the runs of `from`, which is `file`, that `into` does not have, with all that belongs to them;
  /// artefacts stay where they are, and their paths lead there. What was asked for last, in either, is what
  /// counts. Runs of the identities `left_out` are not taken. Published figures and claims come along for
  /// suites that have none in `into`, and replace those of a suite that `from` asked for later.
  MergeCount take(const SQLite::Database& from, const std::filesystem::path& file,
                  const std::set<std::string>& left_out = {});

  /// Numbers the attempts of each identity anew in the order in which they started. Without it nothing was
  /// taken.
  void commit();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rraebench
