#include "reports/store/past_state.hpp"

#include "reports/store/standing.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <regex>

namespace rraebench {

void take_back(SQLite::Database& connection, const std::string& moment) {
  // Moments are compared as text: a day alone is its beginning.
  SQLite::Transaction transaction(connection);
  connection.exec("PRAGMA defer_foreign_keys = ON");
  for (const char* statement :
       {"DELETE FROM run WHERE finished_at >= ?", "DELETE FROM asked WHERE asked_at >= ?"}) {
    SQLite::Statement remove(connection, statement);
    remove.bind(1, moment);
    remove.exec();
  }
  connection.exec(
      "INSERT OR IGNORE INTO asked (suite, comparison, dataset, label, settings, suite_file, asked_at) "
      "SELECT suite, comparison, dataset, label, settings, '', started_at "
      "FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY suite, comparison, dataset, label "
      "                                   ORDER BY status = 'ok' DESC, started_at DESC, id DESC) AS place "
      "FROM run) "
      "WHERE place = 1");
  rebuild_standing(connection);
  transaction.commit();
}

bool is_moment(const std::string& text) {
  static const std::regex moment(R"(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?)");
  return std::regex_match(text, moment);
}

}  // namespace rraebench
