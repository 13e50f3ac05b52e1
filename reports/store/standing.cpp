#include "reports/store/standing.hpp"

#include "reports/store/sql.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace rraebench {
namespace {

void compute(SQLite::Database& connection) {
  connection.exec(std::string(standing_sql()));
  connection.exec("DELETE FROM temp.touched");
}

void prepare(SQLite::Database& connection) {
  connection.exec("CREATE TEMP TABLE IF NOT EXISTS touched (arm INTEGER PRIMARY KEY)");
}

}  // namespace

void update_standing(SQLite::Database& connection, std::int64_t run_id) {
  prepare(connection);
  SQLite::Statement touch(
      connection,
      "INSERT INTO temp.touched SELECT MIN(run.id) FROM run AS this JOIN run USING (suite, "
      "comparison, dataset, label, settings) WHERE this.id = ?");
  touch.bind(1, run_id);
  touch.exec();
  compute(connection);
}

void rebuild_standing(SQLite::Database& connection) {
  prepare(connection);
  connection.exec(
      "DELETE FROM standing;"
      "INSERT INTO temp.touched SELECT MIN(id) FROM run GROUP BY suite, comparison, dataset, label, "
      "settings");
  compute(connection);
}

}  // namespace rraebench
