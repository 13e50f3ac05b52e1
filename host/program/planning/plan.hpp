#pragma once
// Implements: from suites to runs: every option checked, every identity known, before anything is started or
// stored.

#include "host/common/cell.hpp"
#include "host/common/events.hpp"
#include "host/program/planning/filters.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/suites/suite.hpp"
#include "reports/store/run_record.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// What the user asked for beside the suites.
struct PlanRequest {
  Filters filters;
  std::vector<std::int64_t> seeds;  // Empty: the suites' own.
  std::string device = "cpu";
  std::string data_dir;
  std::string cache_dir;
  std::vector<std::filesystem::path> plugin_folders;
  bool elsewhere = false;                         // For other machines: this one need not have the device.
  std::function<void(const Progress&)> progress;  // Of preparing data; may be empty.
};

/// What an earlier run left of the model that this one would train.
struct StoredWeights {
  std::int64_t run_id = 0;
  std::filesystem::path file;
  std::string sha256;
};

struct PlannedRun {
  RunSpec spec;
  std::string identity;
  std::filesystem::path plugin;
  double time_limit_seconds = 0.0;  // 0: none.
  std::vector<std::string> notes;   // What a user must know before it runs: a sentence each.
  std::vector<std::string> keep;    // What it is to leave beside its figures.
  std::optional<StoredWeights> weights = std::nullopt;  // Measured with these, not trained.
  std::vector<std::int64_t> sample_shape = {};          // Of its data; empty: not known.
  std::string suite_folder = {};                        // From which its paths lead first; empty: none.
};

/// Throws UserError for whatever a user can get wrong: a plugin, a data set, an option, a filter without
/// effect, missing or broken data.
std::vector<PlannedRun> plan_runs(const std::vector<Suite>& suites, const std::vector<PluginInfo>& plugins,
                                  const PlanRequest& request);

}  // namespace rraebench
