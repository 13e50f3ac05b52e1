#include "host/program/running/plugin_trial.hpp"

#include "datasets/sha256.hpp"
#include "host/common/common_options.hpp"
#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/planning/promise_check.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr double kLongestTrialOfAPromise = 60.0;  // Seconds; the slowest of the shipped ones takes one.

/// "file=my_model.pt": options whose files make the model, as a script does. Weights to start from do not.
std::vector<std::string> files_of_model(const RunSpec& spec) {
  std::vector<std::string> files;
  for (const auto& [option, sha256] : spec.option_files_sha256)
    if (option != kPretrained.name) files.push_back(option + "=" + spec.options.at(option));
  return files;
}

/// Whether all that makes the model came with this installation.
bool is_shipped(const PlannedRun& run) {
  std::error_code ignored;
  return files_of_model(run.spec).empty() &&
         fs::equivalent(run.plugin.parent_path(), installed_plugin_folder(), ignored);
}

/// "1x28x28", as --shape takes it; empty: not known.
std::string shape_of_samples(const PlannedRun& run) {
  return fmt::format("{}", fmt::join(run.sample_shape, "x"));
}

/// The command that tries all promises.
std::string check_command(const PlannedRun& run) {
  auto command = "rraebench check-plugin " + quote_shell(run.plugin.string());
  for (const auto& file : files_of_model(run.spec)) command += " --option " + quote_shell(file);
  if (!files_of_model(run.spec).empty() && !run.sample_shape.empty())
    command += " --shape " + shape_of_samples(run);
  return command;
}

/// "plugin 'scripted' with my_model.pt"
std::string name_of_model(const PlannedRun& run) {
  auto name = "plugin '" + printable(run.spec.plugin, 60) + "'";
  for (const auto& file : files_of_model(run.spec))
    name += " with " + printable(fs::path(file.substr(file.find('=') + 1)).filename().string(), 60);
  return name;
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
  // A script takes samples of one shape alone.
  if (!files_of_model(tried.spec).empty()) trial.shape = shape_of_samples(tried);
  return trial;
}

/// Of the plugin, and of the files that it is tried with.
std::string tried_hash(const PlannedRun& run) {
  const auto& spec = run.spec;
  auto hashes = spec.plugin_sha256;
  for (const auto& [option, sha256] : spec.option_files_sha256) hashes += " " + option + " " + sha256;
  if (!files_of_model(spec).empty()) hashes += " " + shape_of_samples(run);
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

/// A file that changed or went is not what was planned; its runs end with an error that says so.
bool is_as_planned(const PlannedRun& run) {
  try {
    return sha256_of_file(run.plugin) == run.spec.plugin_sha256;
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<std::string> carry_out_trial(const PlannedRun& run, const PromiseTrial& trial,
                                         const fs::path& kept) {
  const auto name = name_of_model(run);
  std::vector<std::string> broken;
  std::set<std::string> said;  // A model that refuses the tiny instance's samples says so of every promise.
  bool is_over = false;
  const auto add = [&](const std::string& what) {
    broken.push_back(fmt::format("{} breaks a promise: {}", name, printable(what, 300)));
  };
  try {
    std::cerr << fmt::format("trying {} on the contract's promises\n", name) << std::flush;
    bool too_slow = false;
    const auto end = check_promises(run.plugin, trial, [&](const PromiseOutcome& outcome) {
      too_slow = outcome.timed_out;  // The machine may have been busy: no promise is broken by that.
      if (too_slow)
        std::cerr << fmt::format(
            "not tried from '{}' on, which takes longer than {} s; {} tries all promises\n", outcome.promise,
            trial.silence.count(), check_command(run));
      else if (!outcome.fault.empty() && said.insert(outcome.fault).second)
        add(outcome.promise + ": " + fault_words(outcome));
    });
    // Of a plugin a tiny instance is tried; a script has the size that it has, and is as slow the next time.
    is_over = end.is_whole || (too_slow && !files_of_model(run.spec).empty());
  } catch (const InterruptedError&) {
    throw;
  } catch (const std::exception&) {
    add(failure_words(std::current_exception()));
  }
  if (!is_as_planned(run)) return {};
  if (is_over) keep_trial(kept, broken);
  return broken;
}

}  // namespace

BrokenPromises try_plugins(const std::vector<PlannedRun>& runs, const ExecutionRequest& request) {
  std::map<std::string, std::vector<std::string>> tried;  // By tried_hash().
  BrokenPromises all;
  for (const auto& run : runs) {
    if (is_shipped(run)) continue;
    const auto hash = tried_hash(run);
    if (const auto known = tried.find(hash); known != tried.end()) {
      all[run.identity] = known->second;
      continue;
    }
    const auto kept = kept_trial(request.cache_folder, hash);
    auto& broken = tried[hash];
    try {
      const auto known = read_trial(kept);
      broken = known ? *known : carry_out_trial(run, trial_of(run, runs, request), kept);
    } catch (const InterruptedError&) {
      return all;
    }
    all[run.identity] = broken;
    for (const auto& sentence : broken) std::cerr << "warning: " << printable(sentence) << "\n";
    if (!broken.empty()) std::cerr << check_command(run) << " tries all promises\n";
  }
  return all;
}

}  // namespace rraebench
