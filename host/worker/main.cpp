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
//                                    "networks": [family]}]}, reports progress, then answers with
//                                    {"datasets": their facts, "cuda": whether there is a GPU}
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

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "host/common/cell.hpp"
#include "host/common/child_processes.hpp"
#include "host/common/common_options.hpp"
#include "host/common/errors.hpp"
#include "host/common/events.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/option_files.hpp"
#include "host/common/standard_streams.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/conformance/checks.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/event_writer.hpp"
#include "host/worker/freed_memory.hpp"
#include "host/worker/measuring/export_images.hpp"
#include "host/worker/measuring/export_statistics.hpp"
#include "host/worker/plugin_library.hpp"
#include "host/worker/run_cell.hpp"
#include "host/worker/score_samples.hpp"
#include "host/worker/torch_errors.hpp"
#include "host/worker/watchdog.hpp"
#include "rraebench/networks.hpp"

#include <c10/util/StringUtil.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

namespace rraebench {
namespace {

constexpr std::chrono::seconds kGraceOfRun{
    12};  // A checkpoint is written; the program's own grace is shorter.
constexpr std::chrono::seconds kGraceOfAnswer{3};

nlohmann::json read_request() {
  return nlohmann::json::parse(std::string(std::istreambuf_iterator<char>(std::cin), {}));
}

nlohmann::json describe_plugin(const std::string& file) {
  const PluginLibrary plugin(file);
  const auto& descriptor = plugin.descriptor();
  nlohmann::json options = nlohmann::json::array();
  for (const auto& rule : with_common_options(declared_options(plugin))) {
    // JSON has no infinities: a missing bound is null.
    const auto bound = [](double value) {
      return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
    };
    options.push_back(
        {{"name", rule.name},
         {"type", option_type_name(rule.type)},
         {"default", rule.default_value == nullptr ? nlohmann::json() : nlohmann::json(rule.default_value)},
         {"help", rule.help},
         {"minimum", bound(rule.minimum)},
         {"maximum", bound(rule.maximum)},
         {"choices", rule.choices}});
  }
  return {{"name", descriptor.name},         {"summary", descriptor.summary}, {"version", descriptor.version},
          {"citation", descriptor.citation}, {"abi", descriptor.abi},         {"options", options}};
}

/// {"beta": "0.1"} of "beta=0.1". Throws OptionError for what the rules do not take, and for a file that is
/// not there: a slip of these is no fault of the plugin.
std::map<std::string, std::string> read_options(const std::vector<std::string>& settings,
                                                const std::vector<OptionRule>& rules) {
  const auto rule_of = [&](const std::string& name) {
    return std::find_if(rules.begin(), rules.end(),
                        [&](const OptionRule& rule) { return rule.name == name; });
  };
  std::map<std::string, std::string> options;
  for (const auto& setting : settings) {
    const auto equals = std::min(setting.find('='), setting.size());
    auto name = setting.substr(0, equals);
    const bool where_required = !name.empty() && name.back() == '?';
    if (where_required) name.pop_back();
    const auto rule = rule_of(name);
    if (where_required && (rule == rules.end() || rule->default_value != nullptr)) continue;
    auto value = setting.substr(std::min(equals + 1, setting.size()));
    if (rule != rules.end() && rule->type == OptionType::kFile && !value.empty())
      value = find_option_file(name, value, std::filesystem::current_path()).path;
    options[name] = value;
  }
  const Options complete(rules, options);
  return options;
}

/// {1, 28, 28} of "1x28x28". Throws OptionError.
std::vector<std::int64_t> read_shape(const std::string& text) {
  std::vector<std::int64_t> shape;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('x', begin), text.size());
    std::int64_t extent = 0;
    constexpr std::int64_t kLargestExtent = 4096;
    if (!detail::parse_integer(text.substr(begin, end - begin), extent) || extent < 1 ||
        extent > kLargestExtent)
      throw OptionError("--shape is '" + text + "' but must be T or CxHxW, such as 200 or 1x28x28");
    shape.push_back(extent);
    begin = end + 1;
  }
  if (shape.size() != 1 && shape.size() != 3)
    throw OptionError("--shape is '" + text + "' but must be T or CxHxW, such as 200 or 1x28x28");
  return shape;
}

struct CheckOutcome {
  std::string fault;
  std::string call;
  std::string note;
  bool applies = true;
};

CheckOutcome try_promise(const ConformanceCheck& check, const TriedPlugin& plugin) {
  try {
    check.run(plugin);
    return {};
  } catch (const MeansNothing& reason) {
    return {"", "", reason.what(), false};
  } catch (const CallError& error) {
    return {error.what(), error.call(), "", true};
  } catch (const std::exception& error) {
    return {sentence_of(error), "", "", true};
  } catch (...) {
    return {sentence_of_unknown(), "", "", true};
  }
}

/// Of images, where curves do not fit: the shape is the model's to choose.
const std::vector<std::vector<std::int64_t>> kShapesOfImages = {{1, 28, 28}, {3, 32, 32}};

/// Tries `check`, which `plugin` failed, on images, and lets `plugin` be tried on those that fit from now on.
bool passes_on_images(const ConformanceCheck& check, TriedPlugin& plugin) {
  for (const auto& shape : kShapesOfImages) {
    const TriedPlugin on_images(plugin.library, plugin.options, shape);
    if (!try_promise(check, on_images).fault.empty()) continue;
    plugin.sample_shape = shape;
    return true;
  }
  return false;
}

void check_plugin(const std::string& file, const std::string& shape, const std::vector<std::string>& settings,
                  const EventWriter& events) {
  const PluginLibrary library(file);
  const auto sample_shape = shape.empty() ? std::vector<std::int64_t>{kTinySampleSize} : read_shape(shape);
  TriedPlugin plugin(library, read_options(settings, declared_options(library)), sample_shape);
  for (const auto& check : conformance_checks()) {
    events.write({{"begins", check.promise}});
    auto outcome = try_promise(check, plugin);
    if (!outcome.fault.empty() && shape.empty() && std::string_view(check.name) == "shapes" &&
        passes_on_images(check, plugin))
      outcome = {
          "", "",
          c10::str("on images of ", c10::Join(" x ", plugin.sample_shape), ", since curves do not fit"),
          true};
    events.write({{"fault", outcome.fault},
                  {"call", outcome.call},
                  {"note", outcome.note},
                  {"applies", outcome.applies}});
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

std::function<void(const std::string&)> say_waiting(const EventWriter& events) {
  return waiting_events([&events](const nlohmann::json& event) { events.write(event); });
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
      faults[family] = sentence_of(error);
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
        request.at("data_dir").get<std::string>(),
        request.at("cache_dir").get<std::string>(),
        {[&](std::int64_t done, std::int64_t total) { report("decode " + name, done, total); },
         say_waiting(events)}};
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
         {"network_faults", network_faults(wanted.at("networks").get<std::vector<std::string>>(), dataset)},
         {"notes", dataset.notes}});
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

int run(const EventWriter& events) {
  try {
    const auto request = read_request();
    const auto execution = execution_from_json(request.at("execution"));
    limit_memory(execution.memory_bytes);
    if (const auto warning = blas_warning()) events.write(warning_event(*warning));
    std::optional<KeptWeights> weights;
    if (request.contains("weights"))
      weights = {request.at("weights").at("file").get<std::string>(),
                 request.at("weights").at("sha256").get<std::string>()};
    run_cell(run_spec_from_json(request.at("spec")), execution, weights,
             [&](const nlohmann::json& event) { events.write(event); });
    events.write(finished_event());
    return kExitOk;
  } catch (...) {
    events.write(failure_of_exception());
    return kExitSomeFailed;
  }
}

int dispatch(int argc, char** argv) {
  const EventWriter events;
  const std::string mode = argc > 1 ? argv[1] : "";
  start_watchdog(mode == "run" ? kGraceOfRun : kGraceOfAnswer);
  try {
    if (mode == "describe" && argc == 3) {
      events.write(describe_plugin(argv[2]));
    } else if (mode == "check" && argc >= 5) {
      if (const auto bytes = std::stoll(argv[3]); bytes > 0) limit_memory(bytes);
      check_plugin(argv[2], argv[4], {argv + 5, argv + argc}, events);
    } else if (mode == "inspect" && argc == 2) {
      events.write(inspect_datasets(read_request(), events));
    } else if (mode == "environment" && argc == 2) {
      events.write(describe_installation());
    } else if (mode == "run" && argc == 2) {
      return run(events);
    } else if (mode == "statistics" && argc == 2) {
      const auto request = read_request();
      export_statistics(run_spec_from_json(request.at("spec")), execution_from_json(request.at("execution")),
                        request.at("output").get<std::string>(), report_stages(events), say_waiting(events));
    } else if (mode == "images" && argc == 2) {
      const auto request = read_request();
      export_images(request.at("file").get<std::string>(), request.at("output").get<std::string>(),
                    [report = report_stages(events)](std::int64_t done, std::int64_t of) {
                      report("write", done, of);
                    });
    } else if (mode == "score" && argc == 2) {
      score_samples(score_order_from_json(read_request()), report_stages(events),
                    [&](const nlohmann::json& event) { events.write(event); });
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
  const int exit_code = rraebench::dispatch(argc, argv);
  rraebench::end_children();
  return exit_code;
}
