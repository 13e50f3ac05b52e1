#include "host/program/planning/plugin_trial.hpp"

#include "datasets/sha256.hpp"
#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/planning/promise_check.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr double kLongestTrialOfAPromise = 60.0;  // Seconds; the slowest of the shipped ones takes one.

bool is_shipped(const fs::path& plugin) {
  std::error_code ignored;
  return fs::equivalent(plugin.parent_path(), installed_plugin_folder(), ignored);
}

/// What the plugin requires is given as the run has it. One that hangs in a promise is not waited for longer
/// than it would be in a run.
PromiseTrial trial_of(const PlannedRun& tried, const std::vector<PlannedRun>& runs,
                      const ExecutionRequest& request) {
  double seconds = kLongestTrialOfAPromise;
  const auto lower = [&](double limit) {
    if (limit > 0.0) seconds = std::min(seconds, limit);
  };
  lower(request.time_limit_seconds);
  for (const auto& run : runs)
    if (run.spec.plugin_sha256 == tried.spec.plugin_sha256) lower(run.time_limit_seconds);
  PromiseTrial trial;
  trial.silence = std::chrono::seconds(std::max(1, static_cast<int>(seconds)));
  trial.memory_bytes = request.memory_limit_bytes;
  for (const auto& [option, value] : tried.spec.options) trial.options.push_back(option + "?=" + value);
  return trial;
}

/// Of the plugin, and of the files that it is tried with.
std::string tried_hash(const RunSpec& spec) {
  auto hashes = spec.plugin_sha256;
  for (const auto& [option, sha256] : spec.option_files_sha256) hashes += " " + option + " " + sha256;
  return hashes;
}

fs::path kept_trial(const fs::path& cache_folder, const std::string& sha256) {
  return cache_folder / "plugins" / (plugin_key(sha256) + ".trial.json");
}

std::optional<std::vector<std::string>> read_trial(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::nullopt;
  try {
    return nlohmann::json::parse(stream).at("broken").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // Damaged: it is tried again.
  }
}

void keep_trial(const fs::path& file, const std::vector<std::string>& broken) {
  try {
    fs::create_directories(file.parent_path());
    write_file_durably(file, nlohmann::json{{"broken", broken}}.dump());
  } catch (const std::exception&) {
    // A cache that cannot be written costs another trial.
  }
}

std::vector<std::string> carry_out_trial(const PlannedRun& run, const PromiseTrial& trial,
                                         const fs::path& kept) {
  const auto name = printable(run.spec.plugin, 60);
  std::vector<std::string> broken;
  std::set<std::string> said;  // A model that refuses the tiny instance's samples says so of every promise.
  const auto add = [&](const std::string& what) {
    broken.push_back(fmt::format("plugin '{}' breaks a promise: {}", name, printable(what, 300)));
  };
  try {
    std::cerr << fmt::format("trying plugin '{}' on the contract's promises\n", name) << std::flush;
    const auto end = check_promises(run.plugin, trial, [&](const PromiseOutcome& outcome) {
      if (!outcome.fault.empty() && said.insert(outcome.fault).second)
        add(outcome.promise + ": " + fault_words(outcome));
    });
    // A file that changed meanwhile is not what was tried; its runs end with an error that says so.
    if (end.is_whole && sha256_of_file(run.plugin) == run.spec.plugin_sha256) keep_trial(kept, broken);
  } catch (const InterruptedError&) {
    throw;
  } catch (const std::exception&) {
    add(failure_words(std::current_exception()));
  }
  return broken;
}

}  // namespace

BrokenPromises try_plugins(const std::vector<PlannedRun>& runs, const ExecutionRequest& request) {
  BrokenPromises all;
  for (const auto& run : runs) {
    const auto& sha256 = run.spec.plugin_sha256;
    if (all.count(sha256) > 0 || is_shipped(run.plugin)) continue;
    const auto kept = kept_trial(request.cache_folder, tried_hash(run.spec));
    try {
      const auto known = read_trial(kept);
      all[sha256] = known ? *known : carry_out_trial(run, trial_of(run, runs, request), kept);
    } catch (const InterruptedError&) {
      return all;
    }
    for (const auto& sentence : all[sha256]) std::cerr << "warning: " << printable(sentence) << "\n";
    if (!all[sha256].empty())
      std::cerr << fmt::format("rraebench check-plugin {} tries all promises\n",
                               quote_shell(run.plugin.string()));
  }
  return all;
}

}  // namespace rraebench
