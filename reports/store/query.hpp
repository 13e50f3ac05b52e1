#pragma once
// Implements: reading a results database with the user's own SQL, which can change nothing.

#include "reports/store/database.hpp"
#include "reports/store/table.hpp"

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace rraebench {

/// A fault in the user's query; the message names it and says what there is to query.
class QueryError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// The rows of one SELECT (or VALUES, WITH, EXPLAIN, or a PRAGMA that describes the schema). Refused with
/// QueryError: several statements, and all that writes, attaches files, loads code or changes settings, also
/// on a database that is open for writing. Binary values read "<blob 1234 bytes>".
Table run_query(const ResultsDatabase& database, const std::string& sql);

/// Values of parameters by name: what ":label" stands for in the SQL. Numbers are bound as such.
using QueryParameters = std::map<std::string, std::string>;

/// As run_query(), with the rows handed on as they are found. `should_stop` is asked often, also before the
/// first row; where it says so, QueryError. So for a parameter without a value, and a value without one.
void stream_query(const ResultsDatabase& database, const std::string& sql, RowReceiver& receiver,
                  const std::function<bool()>& should_stop = {}, const QueryParameters& parameters = {});

/// As stream_query() of a view or table, whole.
void stream_view(const ResultsDatabase& database, const std::string& name, RowReceiver& receiver,
                 const std::function<bool()>& should_stop = {});

/// All rows of a view or table. QueryError names the nearest one when there is none of that name.
Table run_view(const ResultsDatabase& database, const std::string& name);

/// Views first, then tables, each in alphabetical order.
std::vector<std::string> list_views_and_tables(const ResultsDatabase& database);

enum class Described { kViews, kViewsAndTables };

/// Each with the comment at the head of its SQL: columns "view or table" and "what it holds".
Table describe_views(const ResultsDatabase& database, Described which);
/// The same of a results file that is yet to be made.
Table describe_views_of_new_files(Described which);

}  // namespace rraebench
