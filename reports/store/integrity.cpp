#include "reports/store/integrity.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

namespace rraebench {
namespace {

constexpr std::size_t kMostFaults = 10;

}  // namespace

std::vector<std::string> find_damage(const ResultsDatabase& database) {
  return translate_database_errors(database.path(), [&] {
    std::vector<std::string> faults;
    SQLite::Statement integrity(database.connection(), "PRAGMA integrity_check(10)");
    while (integrity.executeStep())
      if (const auto text = integrity.getColumn(0).getString(); text != "ok") faults.push_back(text);
    SQLite::Statement keys(database.connection(), "PRAGMA foreign_key_check");
    while (faults.size() < kMostFaults && keys.executeStep())
      faults.push_back(fmt::format("row {} of table '{}' belongs to no row of '{}'",
                                   keys.getColumn(1).getInt64(), keys.getColumn(0).getString(),
                                   keys.getColumn(2).getString()));
    return faults;
  });
}

}  // namespace rraebench
