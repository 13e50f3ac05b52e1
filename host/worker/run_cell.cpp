#include "host/worker/run_cell.hpp"

#include "host/common/artefact_kinds.hpp"
#include "host/common/errors.hpp"
#include "host/common/events.hpp"
#include "host/common/precision.hpp"
#include "host/common/stop_request.hpp"
#include "host/common/suite_paths.hpp"
#include "host/worker/batches.hpp"
#include "host/worker/cell_inputs.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/rehearsal.hpp"
#include "host/worker/stage_progress.hpp"
#include "host/worker/training/saved_state.hpp"
#include "host/worker/training/saving_check.hpp"
#include "host/worker/training/step_threads.hpp"
#include "host/worker/training/trainer.hpp"
#include "host/worker/weights/safetensors.hpp"
#include "metrics/one_thread.hpp"
#include "metrics/tf32_convolutions.hpp"

#include <nlohmann/json.hpp>
#include <torch/cuda.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {
namespace {

using Emit = std::function<void(const nlohmann::json& event)>;

constexpr std::int64_t kComparedSamples = 8;

struct Protocol {
  const char* name;
  void (*measure)(const ProtocolContext& context);
};

constexpr Protocol kProtocols[] = {{"reconstruct", reconstruct},
                                   {"interpolate", interpolate},
                                   {"generate", generate},
                                   {"collapse", measure_collapse},
                                   {"rank", measure_rank}};

torch::Device select_device(const std::string& name) {
  if (name == "cuda" && !torch::cuda::is_available())
    throw InfrastructureError("device 'cuda' is not available to this LibTorch; use --device cpu");
  return torch::Device(name);
}

/// What every stage of a run is given.
struct Cell {
  const RunSpec& spec;
  const Execution& execution;
  const Emit& emit;
  const StageProgress& progress;
  torch::Device device;
  const Dataset& dataset;
  SampleSource train_samples;
  SampleSource test_samples;
  ModelFactory models;
};

/// By name: the module's type is the plugin's own.
bool has_module(const Model& model, const std::string& type) {
  for (const auto& module : model.modules(/*include_self=*/false))
    if (module->name().find(type) != std::string::npos) return true;
  return false;
}

/// What of the network's options a model does not do that makes its networks itself, or was built before they
/// came.
std::vector<std::string> networks_not_taken(const Model& model, const ModelSpec& spec,
                                            const std::string& precision) {
  std::vector<std::string> notes;
  const std::string own = "the model does not take its networks from this program: ";
  if (is_reduced_precision(spec.architecture) && !has_module(model, "ReducedPrecision"))
    notes.push_back(own + "they train in float32, not in " + precision);
  if (precision == kTf32 && !has_convolutions(model))
    notes.emplace_back(
        "precision is tf32, which is for convolutions, and the model has none: it trains in float32");
  const auto& output = spec.architecture.options.text("output");
  if ((output == "sigmoid" && !has_module(model, "Sigmoid")) ||
      (output == "tanh" && !has_module(model, "Tanh")))
    notes.push_back(own + "output = " + output + " is not at its decoder's end, unless it has its own");
  return notes;
}

void load_weights(const CheckedModel& model, const KeptWeights& weights, torch::Device device) {
  const auto bytes = read_planned_file(weights.file, weights.sha256);
  try {
    load_tensors(model.module(), read_safetensors(bytes, weights.file.string()), device);
  } catch (const std::invalid_argument& error) {
    throw InfrastructureError(weights.file.string() + ": " + error.what());
  }
  model.module().eval();
}

/// Sum and norm of each parameter: alike for the same weights, and not for others.
std::vector<double> weights_in_short(const Model& model) {
  const torch::NoGradGuard no_gradients;
  std::vector<double> numbers;
  for (const auto& parameter : model.parameters()) {
    const auto values = parameter.to(torch::kFloat64);
    numbers.push_back(values.sum().item<double>());
    numbers.push_back(values.norm().item<double>());
  }
  return numbers;
}

/// What features are measured with; nothing where the suite asks for none.
struct Instruments {
  std::optional<NamedExtractor> extractor;
  std::optional<ReferenceFeatures> reference;
};

Instruments prepare_instruments(const Cell& cell) {
  Instruments instruments;
  if (cell.spec.extractor.empty()) return instruments;
  cell.progress("extractor", 0, 0);
  const Notices notices{[&](const std::string& text) { cell.emit(warning_event(text)); },
                        waiting_events(cell.emit)};
  {
    const at::AutoGradMode with_gradients(true);  // The classifier may have to be trained.
    instruments.extractor = make_planned_extractor(
        cell.spec, cell.execution, cell.dataset, cell.device,
        [&](std::int64_t step, std::int64_t steps, double) { cell.progress("extractor", step, steps); },
        notices);
  }
  const torch::NoGradGuard no_gradients;
  const auto fault = fault_of([&] {
    instruments.reference = prepare_reference(
        cell.spec, cell.dataset, *instruments.extractor, cell.execution.cache_dir,
        [&](std::int64_t done, std::int64_t of) { cell.progress("reference", done, of); }, notices);
  });
  if (!fault) return instruments;
  notices.warn(cell.spec.comparison + ": no metric of features is measured: the real samples' " + *fault);
  return {};
}

/// The instruments are kept in the cache folder, so that to make them now and to load them again later costs
/// little, and what is wrong with them is known now.
void rehearse_all(const Cell& cell) {
  cell.progress("rehearse", 0, 0);
  const auto values = rehearse(cell.models.build("rehearsal"), cell.spec, cell.dataset, cell.train_samples);
  const auto instruments = prepare_instruments(cell);
  if (instruments.extractor && values.isfinite().all().item<bool>())
    instruments.extractor->extractor->extract(values);
}

TrainingSummary train_model(const Cell& cell, const CheckedModel& model) {
  const auto& plan = cell.spec.training;
  std::optional<OneThread> one_thread;
  if (threads_of_a_step(model.module(), plan.batch_size, cell.execution.threads) == 1) one_thread.emplace();
  const Tf32Convolutions in_tf32(plan.precision == kTf32);
  return train(
      model, plan, cell.train_samples, cell.spec.seed, cell.execution.checkpoint_path,
      {[&](const Progress& progress) { cell.emit(event_of(progress)); },
       [&](const CurvePoint& point) { cell.emit(event_of(point)); }, stop_requested,
       [&](const std::string& text) { cell.emit(warning_event(text)); }, cell.execution.checkpoint_seconds,
       [&](const TrainingSummary& summary) { cell.emit(event_of(summary)); }});
}

void emit_training(const Emit& emit, const TrainingSummary& training) {
  emit(event_of(training));
  if (training.train_steps == 0) return;
  emit(event_of(new_metric("train", "seconds_per_100_steps",
                           100.0 * training.train_seconds / static_cast<double>(training.train_steps))));
}

/// `first_weights`: those that the model began with.
void check_saving(const Cell& cell, const CheckedModel& model, const std::vector<double>& first_weights) {
  const auto build_with_another_seed = [&] {
    auto built = cell.models.build("saving");
    if (!first_weights.empty() && weights_in_short(built.module()) == first_weights)
      cell.emit(
          warning_event("the model begins with the same weights under every seed: seeds differ in batches "
                        "and noise alone"));
    return built;
  };
  const auto count = std::min(kComparedSamples, cell.train_samples.size());
  require_saved_model_answers_alike(model, build_with_another_seed, cell.train_samples.range(0, count));
}

void measure(const Cell& cell, const CheckedModel& model) {
  const torch::NoGradGuard no_gradients;
  const auto [extractor, reference] = prepare_instruments(cell);
  cell.progress("encode", 0, 0);
  const auto train_coefficients = encode_all(model, cell.train_samples);
  const auto test_encodings = encode_split(model, cell.test_samples);
  const Artefacts artefacts(cell.execution.keep, cell.execution.artefact_dir, cell.emit);
  artefacts.keep(kCoefficients, "", "train", train_coefficients);
  artefacts.keep(kCoefficients, "", "test", test_encodings.coefficients);
  std::string stage;
  const std::function<void(std::int64_t, std::int64_t)> progress =
      [&](std::int64_t step, std::int64_t steps) { cell.progress(stage, step, steps); };
  const ProtocolContext context{
      cell.spec,          cell.dataset,       model,          cell.device,
      cell.train_samples, train_coefficients, test_encodings, extractor ? &*extractor : nullptr,
      reference,          cell.emit,          progress,       artefacts};
  for (const auto& protocol : kProtocols) {
    stage = protocol.name;
    cell.progress(stage, 0, 0);
    protocol.measure(context);
  }
  artefacts.keep_weights(model.module());
}

}  // namespace

void run_cell(const RunSpec& planned, const Execution& execution, const std::optional<KeptWeights>& weights,
              const Emit& emit) {
  auto spec = planned;
  spec.features.statistics = found_path(spec.features.statistics, execution.suite_dir);
  torch::set_num_threads(static_cast<int>(execution.threads));
  const auto device = select_device(spec.device);
  const auto progress = report_stages(emit);
  progress("load", 0, 0);
  emit(event_of(describe_environment(device, execution.threads)));
  const PlannedPlugin plugin(execution.plugin_path, spec.plugin_sha256);
  const auto dataset = load_planned_data(spec, execution, emit);
  const Cell cell{spec,
                  execution,
                  emit,
                  progress,
                  device,
                  dataset,
                  SampleSource(dataset.train, dataset.normalisation, device),
                  SampleSource(dataset.test, dataset.normalisation, device),
                  ModelFactory(spec, plugin.library(), dataset, device)};

  // A run that was cut off went through this already.
  if (!weights && !std::filesystem::exists(execution.checkpoint_path)) rehearse_all(cell);

  const auto model = cell.models.build("model");
  const auto first_weights = weights_in_short(model.module());
  for (const auto& note : networks_not_taken(model.module(), cell.models.spec(), spec.training.precision))
    emit(warning_event(note));
  if (weights)
    load_weights(model, *weights, device);
  else
    emit_training(emit, train_model(cell, model));
  check_saving(cell, model, first_weights);

  measure(cell, model);
  plugin.require_same();
}

}  // namespace rraebench
