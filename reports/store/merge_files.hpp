#pragma once
// Implements: results files merged into one, however many there are: few are open at a time.

#include "reports/store/contradictions.hpp"
#include "reports/store/database.hpp"
#include "reports/store/merge.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace rraebench {

/// Which of two runs that contradict each other is taken.
enum class Preference { kNeither, kNewest, kFirst };

struct MergeResult {
  std::vector<Contradiction> contradictions;  // File 0 is the target, then the others in their order.
  std::set<std::string> left_out;             // Identities of which no file's run was taken.
  std::vector<MergeCount> counts;             // Of each file.
};

/// All files, or, when this throws DatabaseError, none. `without`: of omissible_parts().
MergeResult merge_files(ResultsDatabase& target, const std::vector<std::filesystem::path>& files,
                        Preference preference, const std::set<std::string>& without = {});

}  // namespace rraebench
