// rraebench-worker: the half of rraebench that knows LibTorch. The program starts it; people need not.
//
//   rraebench-worker describe FILE   what the plugin FILE offers, as JSON
//   rraebench-worker check FILE      tries the plugin FILE on every promise of the contract: a line when a
//   check
//                                    begins, {"begins": promise}, and one when it ends, {"fault": what, or
//                                    ""}
//   rraebench-worker inspect         reads {"data_dir", "cache_dir", "datasets": [{"name", "options",
//                                    "networks": [family]}]}, reports progress, then answers with
//                                    {"datasets": their facts, "cuda": whether there is a GPU}
//   rraebench-worker environment     answers with what LibTorch, BLAS and processor are here
//   rraebench-worker run             reads {"spec", "execution"}, reports events line by line
//   rraebench-worker statistics      reads {"spec", "execution", "output"}, reports progress, writes feature
//                                    statistics to the output
//
// Exit codes: 0 all well, 1 the run failed (the last event says how), 2 bad input (one line on standard
// error).

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "host/common/cell.hpp"
#include "host/common/events.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/conformance/checks.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/export_statistics.hpp"
#include "host/worker/plugin_library.hpp"
#include "host/worker/run_cell.hpp"
#include "rraebench/networks.hpp"

#include <torch/cuda.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <iterator>
#include <limits>
#include <malloc.h>
#include <new>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>

namespace rraebench {
namespace {

/// JSON lines on what was standard output. Standard output itself becomes standard error, so that a plugin
/// that prints cannot break the lines.
class EventWriter {
 public:
  EventWriter() : file_(fdopen(dup(STDOUT_FILENO), "w")) { dup2(STDERR_FILENO, STDOUT_FILENO); }
  ~EventWriter() { std::fclose(file_); }
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  void write(const nlohmann::json& event) const {
    // Text from a plugin need not be UTF-8.
    const auto line = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    std::fwrite(line.data(), 1, line.size(), file_);
    std::fflush(file_);
  }

 private:
  std::FILE* file_;
};

/// Every step allocates and frees the same large tensors. By default each of them is mapped from the kernel
/// and cleared anew, which costs a third of the time of a wide linear layer's step.
void keep_freed_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

/// The sentence of an error, without the stack trace that LibTorch appends to it.
std::string message_of(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  std::string text = torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
  return text.substr(0, text.find('\n'));
}

nlohmann::json read_request() {
  return nlohmann::json::parse(std::string(std::istreambuf_iterator<char>(std::cin), {}));
}

nlohmann::json describe_plugin(const std::string& file) {
  const PluginLibrary plugin(file);
  const auto& descriptor = plugin.descriptor();
  nlohmann::json options = nlohmann::json::array();
  for (std::size_t i = 0; i < descriptor.option_count; ++i) {
    const auto& rule = descriptor.options[i];
    // JSON has no infinities: a missing bound is null.
    const auto bound = [](double value) {
      return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
    };
    options.push_back({{"name", rule.name},
                       {"type", option_type_name(rule.type)},
                       {"default", rule.default_value},
                       {"help", rule.help},
                       {"minimum", bound(rule.minimum)},
                       {"maximum", bound(rule.maximum)},
                       {"choices", rule.choices}});
  }
  return {{"name", descriptor.name},         {"summary", descriptor.summary}, {"version", descriptor.version},
          {"citation", descriptor.citation}, {"abi", descriptor.abi},         {"options", options}};
}

void check_plugin(const std::string& file, const EventWriter& events) {
  const PluginLibrary plugin(file);
  for (const auto& check : conformance_checks()) {
    events.write({{"begins", check.promise}});
    std::string fault;
    try {
      check.run(plugin);
    } catch (const std::exception& error) {
      fault = message_of(error);
    }
    events.write({{"fault", fault}});
  }
}

/// Hands on progress, a few times a second, until a stop is wished.
StageProgress report_stages(const EventWriter& events) {
  using Clock = std::chrono::steady_clock;
  return [&events, last = Clock::time_point()](const std::string& stage, std::int64_t done,
                                               std::int64_t total) mutable {
    throw_if_stop_requested();
    if (Clock::now() - last < std::chrono::milliseconds(250) && done != total) return;
    last = Clock::now();
    events.write(event_of(Progress{stage, done, total, 0.0, 0.0}));
  };
}

/// Why the network families do not fit the samples; those that do are left out.
nlohmann::json network_faults(const std::vector<std::string>& families, const Dataset& dataset) {
  auto faults = nlohmann::json::object();
  for (const auto& family : families) {
    try {
      const auto architecture = make_architecture(family, {});
      make_encoder(architecture, dataset.sample_shape, 1);
      make_decoder(architecture, dataset.sample_shape, 1);
    } catch (const std::exception& error) {
      faults[family] = message_of(error);
    }
  }
  return faults;
}

nlohmann::json inspect_datasets(const nlohmann::json& request, const EventWriter& events) {
  nlohmann::json facts = nlohmann::json::array();
  const auto report = report_stages(events);
  for (const auto& wanted : request.at("datasets")) {
    const auto name = wanted.at("name").get<std::string>();
    const Options options(dataset_description(name).options, wanted.at("options").get<OptionValues>());
    const DataFolders folders{
        request.at("data_dir").get<std::string>(), request.at("cache_dir").get<std::string>(),
        [&](std::int64_t done, std::int64_t total) { report("decode " + name, done, total); }};
    const auto dataset = load_dataset(name, options, folders);
    facts.push_back(
        {{"name", name},
         {"fingerprint", dataset.fingerprint},
         {"sample_shape", dataset.sample_shape},
         {"sample_counts",
          {{"train", dataset.train.size()},
           {"validation", dataset.validation.size()},
           {"test", dataset.test.size()}}},
         {"has_labels", dataset.train.labels.defined()},
         {"has_grid", !dataset.grid.empty() && dataset.test.parameters.defined()},
         {"network_faults", network_faults(wanted.at("networks").get<std::vector<std::string>>(), dataset)}});
  }
  return {{"datasets", facts}, {"cuda", torch::cuda::is_available()}};
}

/// What `rraebench doctor` asks for.
nlohmann::json describe_installation() {
  const auto warning = blas_warning();
  auto description = event_of(describe_environment(torch::kCPU, at::get_num_threads()));
  description["blas_warning"] = warning ? nlohmann::json(*warning) : nlohmann::json();
  description["abi"] = RRAEBENCH_ABI;
  description["openmp"] = at::hasOpenMP();
  description["gpus"] = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
  return description;
}

bool is_out_of_memory(const std::exception& error) {
  const std::string text = error.what();
  return text.find("can't allocate memory") != std::string::npos ||
         text.find("out of memory") != std::string::npos;
}

int run(const EventWriter& events) {
  const auto request = read_request();
  const auto spec = run_spec_from_json(request.at("spec"));
  const auto execution = execution_from_json(request.at("execution"));
  if (const auto warning = blas_warning()) events.write(warning_event(*warning));
  const auto fail = [&](RunStatus status, const std::exception& error) {
    events.write(failure_event(status, message_of(error)));
    return kExitSomeFailed;
  };
  try {
    run_cell(spec, execution, [&](const nlohmann::json& event) { events.write(event); });
    events.write(finished_event());
    return kExitOk;
  } catch (const InterruptedError& error) {
    return fail(RunStatus::kInterrupted, error);
  } catch (const DivergedError& error) {
    return fail(RunStatus::kDiverged, error);
  } catch (const std::bad_alloc& error) {
    return fail(RunStatus::kOutOfMemory, error);
  } catch (const std::exception& error) {
    return fail(is_out_of_memory(error) ? RunStatus::kOutOfMemory : RunStatus::kError, error);
  }
}

int dispatch(int argc, char** argv) {
  const EventWriter events;
  const std::string mode = argc > 1 ? argv[1] : "";
  try {
    if (mode == "describe" && argc == 3) {
      events.write(describe_plugin(argv[2]));
    } else if (mode == "check" && argc == 3) {
      check_plugin(argv[2], events);
    } else if (mode == "inspect" && argc == 2) {
      events.write(inspect_datasets(read_request(), events));
    } else if (mode == "environment" && argc == 2) {
      events.write(describe_installation());
    } else if (mode == "run" && argc == 2) {
      return run(events);
    } else if (mode == "statistics" && argc == 2) {
      const auto request = read_request();
      export_statistics(run_spec_from_json(request.at("spec")), execution_from_json(request.at("execution")),
                        request.at("output").get<std::string>(), report_stages(events));
    } else {
      std::cerr << "rraebench-worker is started by rraebench; usage: rraebench-worker describe FILE | "
                   "check FILE | inspect | environment | run | statistics\n";
      return kExitBadInput;
    }
  } catch (const std::exception& error) {
    std::cerr << message_of(error) << "\n";
    return kExitBadInput;
  }
  return kExitOk;
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // Not outlive the program that waits for the answers.
  rraebench::install_stop_signals();
  rraebench::keep_freed_memory();
  return rraebench::dispatch(argc, argv);
}
