#pragma once
// Implements: a file of a report that is a folder, and how such files are named.

#include <set>
#include <string>
#include <vector>

namespace rraebench {

struct ReportFile {
  std::string name;  // Relative to the report's folder: "tables/quick-shift-reconstruct.tex".
  std::string content;
};

/// File names out of titles: small letters, digits and single hyphens, no name twice.
class FileNames {
 public:
  /// "quick-shift-training" of {"quick", "shift", "Training"}.
  std::string take(const std::vector<std::string>& words);

 private:
  std::set<std::string> taken_;
};

}  // namespace rraebench
