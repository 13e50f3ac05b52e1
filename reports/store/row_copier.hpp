#pragma once
// Implements: rows taken from a table of one database into the same table of another.

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace rraebench {

using Columns = std::vector<std::string>;

/// Of `table`, without its row id.
Columns columns_of(const SQLite::Database& database, const std::string& table);

/// "a, b", and with a suffix "a = ? AND b = ?".
std::string joined_columns(const Columns& columns, const std::string& separator,
                           const std::string& suffix = "");

/// "INSERT INTO table (a, b) VALUES (?,?)".
std::string insertion(const std::string& verb, const std::string& table, const Columns& columns);

/// As `value` is stored.
void bind_column(SQLite::Statement& statement, int index, const SQLite::Column& value);

/// The first columns of a row that was read, `count` of them, to the first places.
void bind_columns(SQLite::Statement& statement, SQLite::Statement& row, std::size_t count);

using Changes = std::map<std::string, std::variant<std::int64_t, std::string>>;  // Column to its new value.

/// Copies rows of one table from one database to the other.
class RowCopier {
 public:
  /// `key`: the column by which rows are chosen.
  RowCopier(SQLite::Database& into, const SQLite::Database& from, const std::string& table,
            const std::string& key);

  template <typename Key>
  void copy(const Key& key, const Changes& changes) {
    read_.reset();
    read_.bind(1, key);
    while (read_.executeStep()) {
      for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
        const auto change = changes.find(columns_[static_cast<std::size_t>(i)]);
        if (change != changes.end())
          std::visit([&](const auto& value) { write_.bind(i + 1, value); }, change->second);
        else
          bind_column(write_, i + 1, read_.getColumn(i));
      }
      write_.exec();
      write_.reset();
    }
  }

 private:
  Columns columns_;
  SQLite::Statement read_;
  SQLite::Statement write_;
};

}  // namespace rraebench
