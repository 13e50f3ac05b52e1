#pragma once
// Implements: the results file: opened safely or refused, written one run at a time.

#include "reports/store/database_error.hpp"
#include "reports/store/lock_wait.hpp"
#include "reports/store/merge.hpp"
#include "reports/store/run_record.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace SQLite {
class Database;
}

namespace rraebench {

struct OpenDatabase;

/// What is known of a run without reading its figures.
struct StoredRun {
  std::int64_t id = 0;
  RunStatus status = RunStatus::kError;
  Fault fault = Fault::kModel;
  std::int64_t attempt = 1;
  std::string message;
  bool counts = false;            // Its settings are those that its suite asked for last.
  std::vector<std::string> keep;  // What it was asked to leave.
  std::int64_t threads = 0;
};

/// A place of a suite.
struct SuitePlace {
  std::string comparison;
  std::string dataset;
  std::string label;
};

/// What a suite asks for at one of its places: a run's specification; its seed does not matter.
struct AskedSettings {
  SuitePlace place;
  std::string spec_json;
};

/// An open results database. Invariants: it carries our application id and the schema of this program,
/// foreign keys are enforced, and a locked file is waited for (LockPatience) before an operation gives up. A
/// writer uses a write-ahead log (where the file system allows one), so that readers never wait; after every
/// stored run what the log holds is carried into the file, and when the last writer closes, the results are a
/// single file again, which can be copied and read anywhere. Every operation throws DatabaseError. Not for
/// use by two threads at once.
class ResultsDatabase {
 public:
  /// For writing. A missing or empty file becomes a new database, one of an older schema is brought up to
  /// date. Refused, the file untouched: anything that is not a regular file, is not SQLite, is another
  /// program's, comes from a newer version of this program, is damaged or cannot be written.
  static ResultsDatabase open_or_create(const std::filesystem::path& path, LockPatience patience = {});

  /// For reading only; also from folders and media that cannot be written. What an older schema holds is read
  /// as this one would hold it, the file untouched. Refuses the same, and missing files.
  static ResultsDatabase open_read_only(const std::filesystem::path& path);

  /// For reading the runs of all of these as if they stood in one file, the first; what is not in that is
  /// held in memory. Refused, too: files that have one run with different figures.
  static ResultsDatabase open_together(const std::vector<std::filesystem::path>& paths);

  /// For reading the file as it was before `moment` (take_back), held in memory.
  static ResultsDatabase open_as_of(const std::filesystem::path& path, const std::string& moment);

  ResultsDatabase(ResultsDatabase&& other) noexcept;
  ResultsDatabase& operator=(ResultsDatabase&&) = delete;
  ~ResultsDatabase();

  /// All of the run or, when this throws, nothing. A run of the same identity and attempt is never replaced.
  /// Of two curve points with the same series and step the later counts (a resumed run repeats steps). At a
  /// place where nothing was asked for yet, this run's settings are taken to be what is. Throws DatabaseError
  /// also where the file was removed or replaced since it was opened.
  void store(const RunRecord& run);

  /// As store(), with the next attempt of its identity; gives its number.
  std::int64_t store_next_attempt(RunRecord run);

  /// From now on the runs of `suite` with these settings count, whatever their seed; at its other places what
  /// was asked for before goes on counting, and nothing at a place that is not among `named`, all that the
  /// suite has. `suite_file`: where it was read from. `now`: UTC, ISO 8601.
  void ask(const std::string& suite, const std::string& suite_file, const std::string& now,
           const std::vector<AskedSettings>& asked, const std::vector<SuitePlace>& named);

  /// The same of some places of a suite that no file describes; its other places stay as they are.
  void ask_besides(const std::string& suite, const std::string& now, const std::vector<AskedSettings>& asked);

  /// The file that the suite was read from when it last asked; nullopt where that is not known.
  std::optional<std::string> suite_file(const std::string& suite) const;

  /// Of this identity the last attempt that went well, or the last one where none did.
  std::optional<StoredRun> find_run(const std::string& identity) const;

  /// The specification (spec_json) of the last started ok run of this model, data and seed, whatever its
  /// identity.
  std::optional<std::string> last_spec(const std::string& suite, const std::string& comparison,
                                       const std::string& dataset, const std::string& label,
                                       std::int64_t seed) const;

  /// One more than the last attempt, 1 for an identity that never ran.
  std::int64_t next_attempt(const std::string& identity) const;

  /// Makes these the published figures of a suite, in place of those that it had.
  void set_published(const std::string& suite, const std::vector<PublishedRecord>& figures);

  /// Makes these the claims of a suite, likewise.
  void set_claims(const std::string& suite, const std::vector<ClaimRecord>& claims);

  /// Keeps what these plugins say of themselves.
  void describe_plugins(const std::vector<PluginRecord>& plugins);

  /// One database, whole, as RunMerger takes it.
  MergeCount take_over(const ResultsDatabase& other, const std::set<std::string>& left_out = {});

  /// Files that are opened one after another, in one transaction; of each without the identities that
  /// `left_out` has for it, and of each run without these parts. See RunMerger.
  std::vector<MergeCount> take_over(const std::vector<std::filesystem::path>& files,
                                    const std::vector<std::set<std::string>>& left_out,
                                    const std::set<std::string>& without);

  const std::filesystem::path& path() const { return path_; }

  /// For reading by the other files of this folder.
  const SQLite::Database& connection() const { return *connection_; }

 private:
  enum class Access { kWrite, kRead };

  ResultsDatabase(std::filesystem::path path, OpenDatabase database, Access access);

  void require_same_file() const;

  std::filesystem::path path_;
  std::unique_ptr<LockWait> lock_wait_;  // What the connection asks while it waits: outlives it.
  std::unique_ptr<SQLite::Database> connection_;
  Access access_;
  std::pair<std::uint64_t, std::uint64_t> file_;  // Device and number, by which a replaced file is known.
};

}  // namespace rraebench
