#pragma once
// Implements: faults of a results database, told in one line that names the file and the remedy.

#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <stdexcept>

namespace rraebench {

class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What SQLite said about `path`, with what the user can do about it.
DatabaseError explain_database_error(const std::filesystem::path& path, const SQLite::Exception& error);

/// The value of `operation()`; an SQLite::Exception leaves as DatabaseError about `path`.
template <typename Operation>
auto translate_database_errors(const std::filesystem::path& path, Operation operation) {
  try {
    return operation();
  } catch (const SQLite::Exception& error) {
    throw explain_database_error(path, error);
  }
}

}  // namespace rraebench
