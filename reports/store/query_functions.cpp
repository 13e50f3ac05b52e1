#include "reports/store/query_functions.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <sqlite3.h>
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

void finish_std(sqlite3_context* context) noexcept {
  const auto values = finished(context);
  if (values == nullptr || values->size() < 2) return sqlite3_result_null(context);
  const auto n = static_cast<double>(values->size());
  double mean = 0.0;
  for (const double value : *values) mean += value / n;
  double squares = 0.0;
  for (const double value : *values) squares += (value - mean) * (value - mean);
  sqlite3_result_double(context, std::sqrt(squares / (n - 1)));
}

void finish_median(sqlite3_context* context) noexcept {
  const auto values = finished(context);
  if (values == nullptr || values->empty()) return sqlite3_result_null(context);
  const auto middle = values->begin() + static_cast<std::ptrdiff_t>(values->size() / 2);
  std::nth_element(values->begin(), middle, values->end());
  const double below = values->size() % 2 == 1 ? *middle : *std::max_element(values->begin(), middle);
  sqlite3_result_double(context, below + (*middle - below) / 2);
}

}  // namespace

void add_query_functions(sqlite3* connection) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(connection, "std", 1, kFlags, nullptr, nullptr, take, finish_std, nullptr);
  sqlite3_create_function_v2(connection, "median", 1, kFlags, nullptr, nullptr, take, finish_median, nullptr);
}

}  // namespace rraebench
