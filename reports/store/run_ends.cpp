#include "reports/store/run_ends.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace rraebench {

std::vector<RunEnd> read_run_ends(const ResultsDatabase& database, bool only_counting) {
  return translate_database_errors(database.path(), [&] {
    SQLite::Statement read(database.connection(),
                           std::string("SELECT identity, status, fault, message, finished_at, wall_seconds "
                                       "FROM runs ") +
                               (only_counting ? "WHERE current " : "") + "ORDER BY id");
    std::vector<RunEnd> ends;
    while (read.executeStep()) {
      RunEnd end;
      end.identity = read.getColumn(0).getString();
      end.status = parse_run_status(read.getColumn(1).getString());
      if (const auto fault = read.getColumn(2).getString(); !fault.empty()) end.fault = parse_fault(fault);
      end.message = read.getColumn(3).getString();
      end.finished_at = read.getColumn(4).getString();
      end.wall_seconds = read.getColumn(5).getDouble();
      ends.push_back(std::move(end));
    }
    return ends;
  });
}

}  // namespace rraebench
