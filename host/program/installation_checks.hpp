#pragma once
// Implements: what `rraebench doctor` looks at, one finding for each thing.

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

enum class Health { kOk, kWarning, kFailure };

struct Finding {
  Health health = Health::kOk;
  std::string subject;  // "worker", "plugins", ...
  std::string text;     // One line; of what is not well, with the remedy.
};

struct InstallationFolders {
  std::filesystem::path data;
  std::filesystem::path cache;
  std::vector<std::filesystem::path> plugins;
};

/// The worker, what it says of LibTorch, BLAS, OpenMP and GPUs, cores, memory, plugins, suites, data sets,
/// the cache folder and open files, in this order. Never throws for what it finds.
std::vector<Finding> check_installation(const InstallationFolders& folders);

/// The results file and the folder that it lies in; a file that is not there yet is well.
std::vector<Finding> check_results(const std::filesystem::path& database);

}  // namespace rraebench
