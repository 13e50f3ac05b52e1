#pragma once
// Implements: the SQL files of this folder, embedded when the library is built.

#include <string_view>

namespace rraebench {

std::string_view standing_sql();  // standing.sql, and of views/:
std::string_view runs_view();
std::string_view leaderboard_view();
std::string_view figures_view();
std::string_view options_view();
std::string_view environments_view();
std::string_view paper_gap_view();
std::string_view failures_view();
std::string_view notes_view();

}  // namespace rraebench
