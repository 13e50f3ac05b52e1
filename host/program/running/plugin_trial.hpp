#pragma once
// Implements: models that did not come with this installation, tried once on the contract's promises before
// their first run.

#include "host/program/running/executor.hpp"

#include <map>
#include <string>
#include <vector>

namespace rraebench {

/// What the plugins break, each a sentence such as "plugin 'my-model' breaks a promise: gradients agree with
/// finite differences: ..."; by the identities of their runs. Empty: nothing.
using BrokenPromises = std::map<std::string, std::vector<std::string>>;

/// Tries each plugin of `runs` that lies outside the installation's own folder, and each that gets its model
/// from a file, as a script is one, and writes to standard error what it breaks. A trial that could be
/// carried out is kept in the cache folder by the hashes of plugin and worker, and only repeated in words. A
/// promise may take no more time and memory than a run; one that takes longer ends the trial, breaks nothing,
/// and is tried again before the next run. Returns early when a stop is requested.
BrokenPromises try_plugins(const std::vector<PlannedRun>& runs, const ExecutionRequest& request);

}  // namespace rraebench
