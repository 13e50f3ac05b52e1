#include "host/program/planning/promise_check.hpp"

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/processes/worker_process.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace rraebench {

std::string fault_words(const PromiseOutcome& outcome) {
  const bool names_it = outcome.call.empty() || outcome.fault.rfind(outcome.call, 0) == 0;
  return names_it ? outcome.fault : "in " + outcome.call + ": " + outcome.fault;
}

PromiseTrialEnd check_promises(const std::filesystem::path& plugin, const PromiseTrial& trial,
                               const std::function<void(const PromiseOutcome& outcome)>& take) {
  std::optional<std::string> under_way = "it can be loaded";
  bool any = false;
  const auto on_line = [&](std::string_view line) {
    const auto event = nlohmann::json::parse(line);
    if (event.contains("begins")) {
      under_way = event.at("begins").get<std::string>();
      return;
    }
    any = true;
    take({under_way.value_or(""), event.at("fault").get<std::string>(), event.at("call").get<std::string>(),
          event.at("note").get<std::string>(), event.at("applies").get<bool>()});
    under_way.reset();
  };
  std::string how;
  std::string printed;
  bool timed_out = false;
  try {
    std::vector<std::string> arguments = {"check", plugin.string(), std::to_string(trial.memory_bytes),
                                          trial.shape};
    arguments.insert(arguments.end(), trial.options.begin(), trial.options.end());
    const auto answer = ask_worker(worker_path(), arguments, "", on_line, trial.silence);
    printed = answer.errors;
    const auto began = any || under_way != "it can be loaded";
    if (answer.exit.signal)
      how = "it crashes (signal " + std::to_string(*answer.exit.signal) + ")";
    else if (answer.exit.exit_code != kExitOk && !began)
      throw UserError(last_line(answer.errors, plugin.string() + ": cannot be checked"));
    else if (under_way || answer.exit.exit_code != kExitOk)
      how = "it ends the process (exit code " + std::to_string(answer.exit.exit_code.value_or(0)) + ")";
  } catch (const WorkerSilence& error) {
    how = error.what();
    timed_out = true;
  }
  if (!how.empty()) take({under_way.value_or("it ends well"), how, "", "", true, timed_out});
  return {how.empty(), printed};
}

}  // namespace rraebench
