#pragma once
// Implements: whether a results database is whole: what SQLite's own checks find.

#include "reports/store/database.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// A line for each fault, a few at most; none for a database that is whole. Reads all of it. Throws
/// DatabaseError where that is not possible.
std::vector<std::string> find_damage(const ResultsDatabase& database);

}  // namespace rraebench
