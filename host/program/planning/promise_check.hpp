#pragma once
// Implements: a plugin tried on every promise of the contract by a worker, whatever it does to the worker.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rraebench {

struct PromiseOutcome {
  std::string promise;  // "gradients agree with finite differences".
  std::string fault;    // Empty: it is kept.
  std::string call;     // "loss()": which of the model's calls the fault came from; empty: not known.
  std::string note;     // What else is to be said of it.
  bool applies = true;  // False: it means nothing for this model, and the note says why.
  bool timed_out = false;
};

/// "in loss(): what is wrong".
std::string fault_words(const PromiseOutcome& outcome);

struct PromiseTrial {
  std::chrono::seconds silence{300};  // The longest that one promise may take.
  std::int64_t memory_bytes = 0;      // 0: none.
  std::string shape;                  // Of the samples, "1x28x28"; empty: as the model takes them.
  // "beta=0.1": what the plugin is tried with beside its defaults; "file?=model.pt": where it has no default.
  std::vector<std::string> options;
};

struct PromiseTrialEnd {
  bool is_whole;        // Every promise was tried.
  std::string printed;  // By the plugin, at most the last megabyte; nothing where it exceeded a limit.
};

/// Calls `take` with each promise as its trial ends. A plugin that crashes, ends the worker or exceeds a
/// limit breaks the promise that is under way, and the others are not tried. Throws UserError for a file that
/// cannot be tried at all, and InterruptedError.
PromiseTrialEnd check_promises(const std::filesystem::path& plugin, const PromiseTrial& trial,
                               const std::function<void(const PromiseOutcome& outcome)>& take);

}  // namespace rraebench
