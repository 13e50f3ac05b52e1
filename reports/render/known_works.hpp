#pragma once
// Implements: BibTeX entries of the works that models and metrics name as their origin.

#include <string>
#include <vector>

namespace rraebench {

struct KnownWork {
  /// By any of which a source names it: "Heusel et al. 2017", "arXiv 2405.13980".
  std::vector<std::string> names;
  std::string key;
  std::string entry;  // Of BibTeX.
};

/// Those that `source` names ("Jing, Zbontar and LeCun, arXiv 2010.00679"), in the order of the list; none
/// for what it does not know.
std::vector<KnownWork> works_named_in(const std::string& source);

}  // namespace rraebench
