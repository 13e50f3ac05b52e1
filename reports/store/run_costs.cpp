#include "reports/store/run_costs.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace rraebench {

std::vector<RunCost> read_run_costs(const ResultsDatabase& database, std::int64_t most) {
  return translate_database_errors(database.path(), [&] {
    // A row of figures takes about a hundred bytes with its index, one of a curve or spectrum twenty.
    SQLite::Statement read(
        database.connection(),
        "SELECT model, dataset, spec_json, wall_seconds, train_seconds, train_steps, peak_memory_bytes, "
        "1000 + 2 * length(spec_json) + length(stderr_tail) "
        "+ 100 * (SELECT COUNT(*) FROM metric WHERE run_id = chosen.id) "
        "+ 20 * (SELECT COUNT(*) FROM curve WHERE run_id = chosen.id) "
        "+ 20 * (SELECT COUNT(*) FROM spectrum WHERE run_id = chosen.id) "
        "+ (SELECT COALESCE(SUM(length(content)), 0) FROM image WHERE run_id = chosen.id) "
        "FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY model, dataset ORDER BY started_at DESC, id DESC) "
        "AS "
        "place FROM run WHERE status = 'ok') AS chosen WHERE place <= ? ORDER BY started_at DESC, id DESC");
    read.bind(1, most);
    std::vector<RunCost> costs;
    while (read.executeStep()) {
      RunCost cost;
      cost.model = read.getColumn(0).getString();
      cost.dataset = read.getColumn(1).getString();
      cost.spec_json = read.getColumn(2).getString();
      cost.wall_seconds = read.getColumn(3).getDouble();
      cost.train_seconds = read.getColumn(4).getDouble();
      cost.train_steps = read.getColumn(5).getInt64();
      cost.peak_memory_bytes = read.getColumn(6).getInt64();
      cost.stored_bytes = read.getColumn(7).getInt64();
      costs.push_back(std::move(cost));
    }
    return costs;
  });
}

}  // namespace rraebench
