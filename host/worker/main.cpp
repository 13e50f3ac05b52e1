// rraebench-worker: the half of rraebench that knows LibTorch. The program starts it; people need not.
//
//   rraebench-worker describe FILE   what the plugin FILE offers, as JSON
//   rraebench-worker check FILE BYTES SHAPE [OPTION=VALUE...]
//                                    tries the plugin FILE on every promise of the contract, in so much
//                                    memory (0: any), on samples of SHAPE ("12", "1x28x28"; "": of whichever
//                                    of a few the model takes): a line when a check begins, {"begins":
//                                    promise}, and one when it ends, {"fault": what, or "", "call": which of
//                                    the model's it came from, or "", "note": what is to be said of it,
//                                    "applies": false where it means nothing for the model}.
//                                    OPTION?=VALUE is for an option that has no default alone
//   rraebench-worker inspect         reads {"data_dir", "cache_dir", "datasets": [{"name", "options",
//                                    "suite_dir", "networks": [family]}]}, reports progress, then answers
//                                    with {"datasets": their facts, "cuda": whether there is a GPU}
//   rraebench-worker environment     answers with what LibTorch, BLAS and processor are here
//   rraebench-worker run             reads {"spec", "execution"}, reports events line by line; with
//                                    "weights": {"file", "sha256"} nothing is trained
//   rraebench-worker statistics      reads {"spec", "execution", "output"}, reports progress, writes feature
//                                    statistics to the output
//   rraebench-worker images          reads {"file", "output"}, reports progress, writes images as PNG files
//   rraebench-worker score           reads {"spec", "execution", "generated", "real"} (ScoreOrder), reports
//                                    progress and events
//
// Exit codes: 0 all well, 1 the run failed (the last event says how), 2 bad input (one line on standard
// error).

#include "host/common/cell.hpp"
#include "host/common/child_processes.hpp"
#include "host/common/errors.hpp"
#include "host/common/events.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/standard_streams.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/conformance/check_plugin.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/event_writer.hpp"
#include "host/worker/freed_memory.hpp"
#include "host/worker/gpu_arithmetic.hpp"
#include "host/worker/inspect_data.hpp"
#include "host/worker/measuring/export_images.hpp"
#include "host/worker/measuring/export_statistics.hpp"
#include "host/worker/run_cell.hpp"
#include "host/worker/score_samples.hpp"
#include "host/worker/stage_progress.hpp"
#include "host/worker/torch_errors.hpp"
#include "host/worker/watchdog.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <sys/resource.h>

namespace rraebench {
namespace {

constexpr std::chrono::seconds kGraceOfRun{
    12};  // A checkpoint is written; the program's own grace is shorter.
constexpr std::chrono::seconds kGraceOfAnswer{3};

nlohmann::json read_request() {
  return nlohmann::json::parse(std::string(std::istreambuf_iterator<char>(std::cin), {}));
}

using Emit = std::function<void(const nlohmann::json& event)>;

/// Beyond it allocations fail. Of private memory: address space says nothing where files are mapped.
void limit_memory(std::int64_t bytes) {
  if (bytes <= 0) return;
  rlimit limit{};
  getrlimit(RLIMIT_DATA, &limit);
  limit.rlim_cur = limit.rlim_max = std::min<rlim_t>(static_cast<rlim_t>(bytes), limit.rlim_max);
  if (setrlimit(RLIMIT_DATA, &limit) != 0)
    throw InfrastructureError(std::string("memory cannot be limited: ") + std::strerror(errno));
}

/// What the exception that is being handled says of the run. Data and folders are not the model's to mend.
nlohmann::json failure_of_exception() {
  try {
    throw;
  } catch (const InterruptedError& error) {
    return failure_event(RunStatus::kInterrupted, sentence_of(error));
  } catch (const DivergedError& error) {
    return failure_event(RunStatus::kDiverged, sentence_of(error));
  } catch (const InfrastructureError& error) {
    return failure_event(RunStatus::kError, sentence_of(error), Fault::kInfrastructure);
  } catch (const UserError& error) {
    return failure_event(RunStatus::kError, sentence_of(error), Fault::kInfrastructure);
  } catch (const std::filesystem::filesystem_error& error) {
    return failure_event(RunStatus::kError, sentence_of(error), Fault::kInfrastructure);
  } catch (const std::exception& error) {
    if (is_out_of_memory(error))
      return failure_event(RunStatus::kOutOfMemory, "out of memory: " + sentence_of(error));
    return failure_event(RunStatus::kError, sentence_of(error));
  } catch (...) {
    return failure_event(RunStatus::kError, sentence_of_unknown());
  }
}

int run(const Emit& emit) {
  try {
    const auto request = read_request();
    const auto execution = execution_from_json(request.at("execution"));
    limit_memory(execution.memory_bytes);
    if (const auto warning = blas_warning()) emit(warning_event(*warning));
    std::optional<KeptWeights> weights;
    if (request.contains("weights"))
      weights = {request.at("weights").at("file").get<std::string>(),
                 request.at("weights").at("sha256").get<std::string>()};
    run_cell(run_spec_from_json(request.at("spec")), execution, weights, emit);
    emit(finished_event());
    return kExitOk;
  } catch (...) {
    emit(failure_of_exception());
    return kExitSomeFailed;
  }
}

int dispatch(int argc, char** argv) {
  const EventWriter events;
  const Emit emit = [&events](const nlohmann::json& event) { events.write(event); };
  const auto progress = report_stages(emit);
  const auto waiting = waiting_events(emit);
  const std::string mode = argc > 1 ? argv[1] : "";
  start_watchdog(mode == "run" ? kGraceOfRun : kGraceOfAnswer);
  try {
    if (mode == "describe" && argc == 3) {
      emit(describe_plugin(argv[2]));
    } else if (mode == "check" && argc >= 5) {
      limit_memory(std::stoll(argv[3]));
      check_plugin(argv[2], argv[4], {argv + 5, argv + argc}, emit);
    } else if (mode == "inspect" && argc == 2) {
      emit(inspect_datasets(read_request(), progress, waiting));
    } else if (mode == "environment" && argc == 2) {
      emit(describe_installation());
    } else if (mode == "run" && argc == 2) {
      return run(emit);
    } else if (mode == "statistics" && argc == 2) {
      const auto request = read_request();
      export_statistics(run_spec_from_json(request.at("spec")), execution_from_json(request.at("execution")),
                        request.at("output").get<std::string>(), progress, waiting);
    } else if (mode == "images" && argc == 2) {
      const auto request = read_request();
      export_images(request.at("file").get<std::string>(), request.at("output").get<std::string>(),
                    [&](std::int64_t done, std::int64_t of) { progress("write", done, of); });
    } else if (mode == "score" && argc == 2) {
      score_samples(score_order_from_json(read_request()), progress, emit);
    } else {
      std::cerr
          << "rraebench-worker is started by rraebench; usage: rraebench-worker describe FILE | "
             "check FILE BYTES SHAPE [OPTION=VALUE...] | inspect | environment | run | statistics | images | "
             "score\n";
      return kExitBadInput;
    }
  } catch (const std::exception& error) {
    std::cerr << sentence_of(error) << "\n";
    return kExitBadInput;
  } catch (...) {
    std::cerr << sentence_of_unknown() << "\n";
    return kExitBadInput;
  }
  return kExitOk;
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  rraebench::prepare_standard_streams();
  rraebench::install_worker_stop_signals();
  rraebench::keep_freed_memory();
  rraebench::compute_exactly_on_gpus();
  const int exit_code = rraebench::dispatch(argc, argv);
  rraebench::end_children();
  return exit_code;
}
