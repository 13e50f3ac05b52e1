#pragma once
// Implements: what of a RunSpec's JSON decides a run's figures.

#include <nlohmann/json.hpp>

namespace rraebench {

/// Where a RunSpec's JSON has the paths of the files that options name. A run is what the files hold
/// ("option_files_sha256"); where they lay is kept beside it, so that `show` and `rerun` find them. Settings
/// in the results file are made without it, too (reports/store/database.cpp).
constexpr const char* kOptionFilesKey = "option_files";

inline nlohmann::json without_places(nlohmann::json document) {
  if (document.is_object()) document.erase(kOptionFilesKey);
  return document;
}

}  // namespace rraebench
