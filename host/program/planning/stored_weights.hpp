#pragma once
// Implements: which runs left weights that are those of a planned run: same model, data, budget and seed,
// whatever was measured of it.

#include "host/common/cell.hpp"
#include "host/program/planning/plan.hpp"
#include "reports/store/database.hpp"

#include <map>
#include <optional>
#include <string>

namespace rraebench {

class WeightsIndex {
 public:
  /// Throws DatabaseError.
  explicit WeightsIndex(const ResultsDatabase& database);

  /// The last that there are, their file included.
  std::optional<StoredWeights> find(const RunSpec& spec) const;
  /// Likewise, of a stored run; nullopt where its `spec_json` cannot be read.
  std::optional<StoredWeights> find(const std::string& spec_json) const;

 private:
  std::optional<StoredWeights> find_training(const std::string& training) const;

  std::map<std::string, StoredWeights> weights_;  // By what decides them.
};

}  // namespace rraebench
