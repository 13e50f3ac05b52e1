#include "reports/store/database_error.hpp"

#include "reports/text.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <sqlite3.h>
#include <string>

namespace rraebench {
namespace {

std::string remedy(int code, const std::string& path) {
  switch (code & 0xff) {  // The primary code; the higher bits refine it.
    case SQLITE_NOTADB:
      return "it is not a results database; choose another file";
    case SQLITE_CORRUPT:
      return "the file is damaged; restore a copy, or salvage it with: sqlite3 " + quote_shell(path) +
             " .recover";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program is writing to it; try again when that has finished";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "check the permissions of the file and its folder, or choose another file";
    case SQLITE_FULL:
      return "free some disk space and try again";
    case SQLITE_IOERR:
      return "check the disk it lies on, then try again";
    case SQLITE_CONSTRAINT:
      return "nothing was stored";
    default:
      return "nothing was changed";
  }
}

}  // namespace

DatabaseError explain_database_error(const std::filesystem::path& path, const SQLite::Exception& error) {
  return DatabaseError(path.string() + ": " + error.what() + "; " +
                       remedy(error.getErrorCode(), path.string()));
}

}  // namespace rraebench
