#pragma once
// Implements: what the runs of a results database took: time, memory, and room in the file.

#include "reports/store/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

struct RunCost {
  std::string model;
  std::string dataset;
  std::string spec_json;
  double wall_seconds = 0.0;
  double train_seconds = 0.0;
  std::int64_t train_steps = 0;
  std::int64_t peak_memory_bytes = 0;
  std::int64_t stored_bytes = 0;  // Its rows, approximately; pictures and texts to the byte.
};

/// Of all runs that went well, the last started first; at most `most` of each model and data set.
std::vector<RunCost> read_run_costs(const ResultsDatabase& database, std::int64_t most = 50);

}  // namespace rraebench
