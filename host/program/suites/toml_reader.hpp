#pragma once
// Implements: strict reading of TOML tables: unknown keys and wrong types are errors that name file, line and
// key.

#include "host/common/cell.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// One table of a file. The referenced table must outlive the reader.
class TomlReader {
 public:
  /// Throws UserError for a key that is not in `known`, naming the nearest.
  TomlReader(std::string file, std::string where, const toml::table& table,
             const std::vector<std::string>& known);

  /// The same table; what it does not have is read from `defaults`, whole keys, never parts of a sub-table.
  TomlReader with_defaults(const TomlReader& defaults) const;

  bool has(const std::string& key) const { return find(key) != nullptr; }
  /// Whether the table itself has the key, not its defaults alone.
  bool has_own(const std::string& key) const { return table_.get(key) != nullptr; }

  /// Of the table itself.
  std::vector<std::string> keys() const;

  bool is_empty_list(const std::string& key) const;

  std::string text(const std::string& key) const;  // These throw UserError for a missing key or another type.
  std::string text(const std::string& key, const std::string& otherwise) const;
  std::int64_t integer(const std::string& key, std::int64_t otherwise, std::int64_t minimum,
                       std::int64_t maximum) const;
  double real(const std::string& key, double minimum, double maximum) const;
  double real(const std::string& key, double otherwise, double minimum, double maximum) const;
  std::vector<std::int64_t> integers(const std::string& key, std::int64_t minimum,
                                     std::int64_t maximum) const;
  std::vector<std::string> texts(const std::string& key) const;
  std::vector<std::string> scalars(const std::string& key) const;  // As a user would write them.
  /// Every scalar of the sub-table `key` (or of this table, less `except`) as the text a user would write.
  OptionValues options(const std::string& key) const;
  OptionValues options_except(const std::vector<std::string>& except) const;

  TomlReader table(const std::string& key, const std::vector<std::string>& known) const;
  /// A sub-table whose keys are checked elsewhere.
  TomlReader open_table(const std::string& key) const;
  std::vector<TomlReader> tables(const std::string& key, const std::vector<std::string>& known) const;

  /// "file:line: [where] 'key': ", for errors of `key` that only show later; of the table where it lacks the
  /// key.
  std::string place(const std::string& key) const;

  /// Throws UserError: place(key) and what.
  [[noreturn]] void fail(const std::string& key, const std::string& what) const;

 private:
  TomlReader(std::string file, std::string where, const toml::table& table)
      : file_(std::move(file)), where_(std::move(where)), table_(table) {}
  const toml::node* find(const std::string& key) const;
  const toml::node& required(const std::string& key) const;

  std::string file_;
  std::string where_;
  const toml::table& table_;
  const toml::table* defaults_ = nullptr;
};

}  // namespace rraebench
