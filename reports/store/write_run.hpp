#pragma once
// Implements: a run's rows, as a results database keeps them; stored_run.hpp reads them back.

#include "reports/store/run_record.hpp"

#include <cstdint>
#include <string>

namespace SQLite {
class Database;
}

namespace rraebench {

/// SQL that makes a run's settings of its specification: without the seed, and without the places of files
/// whose hashes it has.
std::string settings_sql(const std::string& spec_json);

/// All of the run, within the caller's transaction: its id. Throws SQLite::Exception.
std::int64_t write_run(SQLite::Database& connection, const RunRecord& run);

}  // namespace rraebench
