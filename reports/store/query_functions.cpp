#include "reports/store/query_functions.hpp"

#include "reports/summary_statistics.hpp"

#include <memory>
#include <new>
#include <optional>
#include <sqlite3.h>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

using Values = std::vector<double>;

/// SQLite's own memory of one group: zeros at first, and nothing that has a destructor.
struct Group {
  Values* values;
};

Group* group_of(sqlite3_context* context, bool create) {
  return static_cast<Group*>(
      sqlite3_aggregate_context(context, create ? static_cast<int>(sizeof(Group)) : 0));
}

void take(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  auto* group = group_of(context, /*create=*/true);
  try {
    if (group == nullptr) throw std::bad_alloc();
    if (group->values == nullptr) group->values = std::make_unique<Values>().release();
    group->values->push_back(sqlite3_value_double(arguments[0]));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

// Also called where a query is left off before its end.
std::unique_ptr<Values> finished(sqlite3_context* context) {
  const auto* group = group_of(context, /*create=*/false);
  return std::unique_ptr<Values>(group == nullptr ? nullptr : group->values);
}

using Statistic = std::optional<double> (*)(const SummaryStatistics&);

template <Statistic statistic>
void finish(sqlite3_context* context) noexcept {
  const auto values = finished(context);
  try {
    if (const auto result = statistic(summarise_values(values == nullptr ? Values() : std::move(*values))))
      sqlite3_result_double(context, *result);
    else
      sqlite3_result_null(context);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

std::optional<double> deviation_of(const SummaryStatistics& summary) {
  return summary.deviation;
}

std::optional<double> median_of(const SummaryStatistics& summary) {
  return summary.count == 0 ? std::nullopt : std::optional(summary.median);
}

}  // namespace

void add_query_functions(sqlite3* connection) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(connection, "std", 1, kFlags, nullptr, nullptr, take, finish<deviation_of>,
                             nullptr);
  sqlite3_create_function_v2(connection, "median", 1, kFlags, nullptr, nullptr, take, finish<median_of>,
                             nullptr);
}

}  // namespace rraebench
