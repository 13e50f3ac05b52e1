#pragma once
// Implements: plain values bound to the places of a statement.

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <optional>
#include <string>

namespace rraebench {

inline void bind_one(SQLite::Statement& statement, int index, const std::string& value) {
  statement.bindNoCopy(index, value);
}
inline void bind_one(SQLite::Statement& statement, int index, const char* value) {
  statement.bindNoCopy(index, value);
}
// SQLite stores NaN as NULL.
inline void bind_one(SQLite::Statement& statement, int index, double value) {
  statement.bind(index, value);
}
inline void bind_one(SQLite::Statement& statement, int index, std::int64_t value) {
  statement.bind(index, value);
}
inline void bind_one(SQLite::Statement& statement, int index, int value) {
  statement.bind(index, value);
}
template <typename T>
inline void bind_one(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (value)
    bind_one(statement, index, *value);
  else
    statement.bind(index);
}

/// The values must live until the statement is reset or bound anew: texts are not copied.
template <typename... Values>
void bind_all(SQLite::Statement& statement, const Values&... values) {
  int index = 0;
  (bind_one(statement, ++index, values), ...);
}

/// Carries the statement out and leaves it ready for the next values.
template <typename... Values>
void insert(SQLite::Statement& statement, const Values&... values) {
  bind_all(statement, values...);
  statement.exec();
  statement.reset();
}

}  // namespace rraebench
