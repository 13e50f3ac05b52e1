#pragma once
// Implements: how runs are to be carried out.

#include <cstdint>
#include <filesystem>
#include <string>

namespace rraebench {

struct ExecutionRequest {
  std::int64_t jobs = 1;
  std::int64_t threads = 1;  // Of each run.
  std::string data_dir;
  std::filesystem::path cache_folder;
  std::filesystem::path checkpoint_folder;  // Created when needed.
  std::filesystem::path artefact_folder;    // Likewise; beside the database, where runs are to leave files.
  double checkpoint_seconds = 60.0;         // Between two checkpoints of a run.
  double time_limit_seconds = 0.0;          // Of each run, beside its suite's; 0: none.
  std::int64_t memory_limit_bytes = 0;      // Of each run; 0: none.
  bool fail_fast = false;                   // After a run that failed, start none and stop the others.
};

}  // namespace rraebench
