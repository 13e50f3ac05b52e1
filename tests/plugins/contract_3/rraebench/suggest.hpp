#pragma once
// Implements: "did you mean ...?" for names that a user mistyped.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

/// Levenshtein distance: insertions, deletions and substitutions cost 1 each.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitution});
    }
  }
  return row.back();
}

/// "a, b, c"
inline std::string join_names(const std::vector<std::string>& names) {
  std::string joined;
  for (const auto& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

/// "did you mean 'rank'?" when a known name is near, else "known: latent, rank".
inline std::string suggest_name(std::string_view unknown, const std::vector<std::string>& known) {
  if (known.empty()) return "none are known here";
  const auto nearest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return edit_distance(unknown, a) < edit_distance(unknown, b);
  });
  // Near: two slips, or a third of a long name; and something of what was typed must be left.
  const auto distance = edit_distance(unknown, *nearest);
  if (distance <= std::max<std::size_t>(2, nearest->size() / 3) && distance < unknown.size())
    return "did you mean '" + *nearest + "'?";
  return "known: " + join_names(known);
}

}  // namespace rraebench
