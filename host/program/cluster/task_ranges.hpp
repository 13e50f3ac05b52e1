#pragma once
// Implements: numbers of tasks as the arrays that a Slurm site takes.

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

/// "0-3,7,9-10" of ascending numbers.
std::string range_text(const std::vector<std::int64_t>& numbers);

/// Reads it back. Throws UserError for what is no such text.
std::vector<std::int64_t> parse_ranges(const std::string& text);

/// Tasks of one job array: its index, counted from 0, is the task less `offset`.
struct TaskArray {
  std::int64_t offset = 0;
  std::vector<std::int64_t> tasks;  // Ascending.

  /// The indices, as sbatch --array takes them.
  std::string indices() const;
};

/// `tasks` in as few arrays as a site allows whose indices must stay below `max_array_size`.
std::vector<TaskArray> split_into_arrays(std::vector<std::int64_t> tasks, std::int64_t max_array_size);

}  // namespace rraebench
