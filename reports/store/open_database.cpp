#include "reports/store/open_database.hpp"

#include "reports/store/database_error.hpp"
#include "reports/store/schema.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <cstdint>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kSmallestDatabase = 512;  // Bytes: one page of the smallest size.

enum class FileState { kMissing, kEmpty, kFilled };

FileState check_file(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::status_known(status))
    throw DatabaseError(path.string() + ": " + error.message() + "; check the permissions of its folder");
  if (!fs::exists(status)) return FileState::kMissing;
  if (fs::is_directory(status))
    throw DatabaseError(path.string() + ": is a folder; name a file in it instead");
  if (!fs::is_regular_file(status))
    throw DatabaseError(path.string() + ": is not a regular file; name another");
  const auto size = fs::file_size(path, error);
  if (error) throw DatabaseError(path.string() + ": " + error.message() + "; check its permissions");
  // SQLite itself takes a file of one byte for an empty one and would overwrite it.
  if (size > 0 && size < kSmallestDatabase)
    throw DatabaseError(path.string() + ": is not a results database; choose another file");
  return size == 0 ? FileState::kEmpty : FileState::kFilled;
}

void check_writable(const fs::path& path, FileState state) {
  auto folder = path.parent_path();
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw DatabaseError(
        fmt::format("{}: the folder {} does not exist; create it first", path.string(), folder.string()));
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw DatabaseError(fmt::format("{}: the folder {} cannot be written; choose another place",
                                    path.string(), folder.string()));
  if (state != FileState::kMissing && access(path.c_str(), R_OK | W_OK) != 0)
    throw DatabaseError(path.string() + ": cannot be written; change its permissions or choose another file");
}

bool has_content(fs::path path, const char* suffix) {
  path += suffix;
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return !error && size > 0;
}

// Names are made absolute first, so that ":memory:", "" and "file:..." have no second meaning for SQLite.
std::unique_ptr<SQLite::Database> connect(const fs::path& path, int flags, LockWait& wait) {
  auto connection = std::make_unique<SQLite::Database>(path.string(), flags);
  sqlite3_extended_result_codes(connection->getHandle(), 1);
  wait_for_locks(connection->getHandle(), wait);
  return connection;
}

// Reads the file as it lies there: no locks, no journals, nothing created beside it.
std::unique_ptr<SQLite::Database> connect_immutable(const fs::path& path) {
  std::string uri = "file:";
  for (const unsigned char c : path.string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return std::make_unique<SQLite::Database>(uri + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

// Returns the schema version: 0 for an SQLite file without any table.
std::int32_t check_content(const fs::path& path, SQLite::Database& connection) {
  const auto application_id = connection.execAndGet("PRAGMA application_id").getInt();
  const auto version = connection.execAndGet("PRAGMA user_version").getInt();
  const auto tables = connection.execAndGet("SELECT COUNT(*) FROM sqlite_master").getInt();
  if (application_id == 0 && version == 0 && tables == 0) return 0;
  if (application_id != kApplicationId || version < 1)
    throw DatabaseError(path.string() + ": is an SQLite file of another program; choose another file");
  if (version > schema_version())
    throw DatabaseError(
        fmt::format("{}: was written by a newer rraebench (schema {}, this one knows {}); update rraebench",
                    path.string(), version, schema_version()));
  return version;
}

// A database that a killed program left in mid-write is mended by the first writer that opens it. Whether it
// is ours to mend shows without touching it.
bool is_ours_to_mend(const fs::path& path, const SQLite::Exception& error) {
  return error.getExtendedErrorCode() == SQLITE_READONLY_ROLLBACK &&
         connect_immutable(path)->execAndGet("PRAGMA application_id").getInt() == kApplicationId;
}

void check_before_writing(const fs::path& path, LockWait& wait) {
  try {
    check_content(path, *connect(path, SQLite::OPEN_READONLY, wait));
  } catch (const SQLite::Exception& error) {
    if (!is_ours_to_mend(path, error)) throw;
  }
}

// SQLite does not wait for locks here.
void use_write_ahead_log(SQLite::Database& connection, LockWait& wait) {
  for (int times_asked = 0;; ++times_asked) {
    try {
      // Answers with the mode it got: network file systems stay with the rollback journal.
      connection.execAndGet("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& error) {
      if ((error.getErrorCode() & 0xff) != SQLITE_BUSY || !wait_a_moment(wait, times_asked)) throw;
    }
  }
}

}  // namespace

FileNumber file_number(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0)
    throw DatabaseError(path.string() + ": was removed while in use; what was stored in it is gone with it");
  return {facts.st_dev, facts.st_ino};
}

std::unique_ptr<SQLite::Database> copy_in_memory(SQLite::Database& database) {
  auto copy = std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  // A lock is an answer of it, not an exception.
  if (const int end = SQLite::Backup(*copy, database).executeStep(); end != SQLITE_DONE)
    throw SQLite::Exception(database.getHandle(), end);
  apply_migrations(*copy, schema_migrations());
  return copy;
}

OpenDatabase open_for_writing(const fs::path& given, LockPatience patience) {
  const auto path = fs::absolute(given);
  auto wait = std::make_unique<LockWait>(LockWait{std::move(patience), {}});
  return translate_database_errors(given, [&]() -> OpenDatabase {
    const auto state = check_file(path);
    check_writable(path, state);
    if (state == FileState::kFilled) check_before_writing(path, *wait);
    auto connection = connect(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, *wait);
    check_content(path, *connection);
    connection->exec("PRAGMA foreign_keys = ON");
    // Before the write-ahead log, so that at every moment the file itself says whose it is.
    apply_migrations(*connection, schema_migrations());
    use_write_ahead_log(*connection, *wait);
    return {std::move(wait), std::move(connection)};
  });
}

OpenDatabase open_for_reading(const fs::path& given) {
  const auto path = fs::absolute(given);
  auto wait = std::make_unique<LockWait>();
  return translate_database_errors(given, [&]() -> OpenDatabase {
    const auto state = check_file(path);
    if (state != FileState::kFilled)
      throw DatabaseError(
          fmt::format("{}: {}; run a suite first, or name the file with --db", path.string(),
                      state == FileState::kMissing ? "does not exist" : "holds no results yet"));
    std::unique_ptr<SQLite::Database> connection;
    std::int32_t version = 0;
    try {
      connection = connect(path, SQLite::OPEN_READONLY, *wait);
      version = check_content(path, *connection);
    } catch (const SQLite::Exception& error) {
      // A write-ahead log needs a file beside the database even for reading, which a read-only folder
      // refuses.
      const int code = error.getErrorCode() & 0xff;
      if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || has_content(path, "-wal") ||
          has_content(path, "-journal"))
        throw;
      connection = connect_immutable(path);
      version = check_content(path, *connection);
    }
    if (version == 0)
      throw DatabaseError(path.string() + ": holds no results yet; run a suite into it first");
    if (version < schema_version()) connection = copy_in_memory(*connection);  // Reading changes no file.
    connection->exec("PRAGMA query_only = ON");
    return {std::move(wait), std::move(connection)};
  });
}

}  // namespace rraebench
