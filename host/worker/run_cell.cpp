#include "host/worker/run_cell.hpp"

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "host/common/artefact_kinds.hpp"
#include "host/common/common_options.hpp"
#include "host/common/errors.hpp"
#include "host/common/planned_steps.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/measuring/feature_set.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/plugin_library.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/rehearsal.hpp"
#include "host/worker/seeds.hpp"
#include "host/worker/training/pretrained.hpp"
#include "host/worker/training/saved_state.hpp"
#include "host/worker/training/saving_check.hpp"
#include "host/worker/training/step_threads.hpp"
#include "host/worker/training/trainer.hpp"
#include "host/worker/weights/safetensors.hpp"
#include "metrics/one_thread.hpp"

#include <nlohmann/json.hpp>
#include <torch/cuda.h>

#include <algorithm>
#include <filesystem>
#include <list>

namespace rraebench {
namespace {

using Emit = std::function<void(const nlohmann::json& event)>;

Dataset load_data(const RunSpec& spec, const Execution& execution, const Emit& emit) {
  const Options options(dataset_description(spec.dataset).options, spec.dataset_options);
  auto dataset = [&] {
    try {
      return load_dataset(
          spec.dataset, options,
          {execution.data_dir,
           execution.cache_dir,
           {[](std::int64_t, std::int64_t) { throw_if_stop_requested(); }, waiting_events(emit)}});
    } catch (const DatasetError& error) {
      // It was there when the suite was planned: what came between is not the model's fault.
      throw InfrastructureError(error.what());
    }
  }();
  if (dataset.fingerprint != spec.dataset_fingerprint)
    throw InfrastructureError("data set '" + spec.dataset +
                              "' changed since the suite was planned; run the suite again");
  for (const auto& note : dataset.notes) emit(warning_event(note));
  return dataset;
}

PluginLibrary load_plugin(const std::filesystem::path& file) {
  try {
    return PluginLibrary(file);
  } catch (const PluginError& error) {
    // It could be used when the suite was planned: what is missing now is not the model's fault.
    throw InfrastructureError(error.what());
  }
}

torch::Device select_device(const std::string& name) {
  if (name == "cuda" && !torch::cuda::is_available())
    throw InfrastructureError("device 'cuda' is not available to this LibTorch; use --device cpu");
  return torch::Device(name);
}

constexpr std::int64_t kComparedSamples = 8;

/// The files that the run's options name, as they were planned.
class OptionFiles {
 public:
  explicit OptionFiles(const RunSpec& spec) {
    for (const auto& [option, sha256] : spec.option_files_sha256) {
      try {
        files_.emplace_back(spec.options.at(option), sha256);
      } catch (const std::exception& error) {
        // It was there when the suite was planned: what came between is not the model's fault.
        throw InfrastructureError(error.what());
      }
    }
  }

  /// Calls `read`, which opens the files by their names.
  template <typename Read>
  auto reading(const Read& read) const {
    require_same();
    auto result = read();
    require_same();
    return result;
  }

 private:
  void require_same() const {
    for (const auto& file : files_) file.require_same_name_and_bytes();
  }

  std::list<PlannedFile> files_;
};

/// What the data let a model know beside its samples.
void describe_data(const Dataset& dataset, const TrainingPlan& plan, ModelSpec& spec) {
  spec.sample_shape = dataset.sample_shape;
  spec.train_count = dataset.train.size();
  spec.total_steps = planned_steps(plan, dataset.train.size());
  if (dataset.train.labels.defined()) {
    spec.class_count = dataset.train.labels.max().item<std::int64_t>() + 1;
    // A class may be missing among a few training samples.
    if (dataset.test.labels.defined())
      spec.class_count = std::max(spec.class_count, dataset.test.labels.max().item<std::int64_t>() + 1);
  }
  if (dataset.train.parameters.defined()) spec.parameter_count = dataset.train.parameters.size(1);
}

using ReportStage = std::function<void(const std::string& stage, std::int64_t step, std::int64_t steps)>;

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

Instruments prepare_instruments(const RunSpec& spec, const Execution& execution, const Dataset& dataset,
                                torch::Device device, const ReportStage& report_stage, const Emit& emit) {
  Instruments instruments;
  if (spec.extractor.empty()) return instruments;
  report_stage("extractor", 0, 0);
  const Notices notices{[&](const std::string& text) { emit(warning_event(text)); }, waiting_events(emit)};
  {
    const at::AutoGradMode with_gradients(true);  // The classifier may have to be trained.
    instruments.extractor = make_extractor(
        spec.extractor, dataset, execution.cache_dir, device,
        [&](std::int64_t step, std::int64_t steps, double) {
          if (step % 50 == 0) report_stage("extractor", step, steps);
        },
        spec.extractor_sha256, notices);
  }
  const torch::NoGradGuard no_gradients;
  const auto fault = fault_of([&] {
    instruments.reference = prepare_reference(
        spec, dataset, *instruments.extractor, execution.cache_dir,
        [&](std::int64_t done, std::int64_t of) { report_stage("reference", done, of); }, notices);
  });
  if (!fault) return instruments;
  notices.warn(spec.comparison + ": no metric of features is measured: the real samples' " + *fault);
  return {};
}

}  // namespace

void run_cell(const RunSpec& spec, const Execution& execution, const std::optional<KeptWeights>& weights,
              const Emit& emit) {
  torch::set_num_threads(static_cast<int>(execution.threads));
  const auto device = select_device(spec.device);
  const auto report_stage = [&](const std::string& stage, std::int64_t step = 0, std::int64_t steps = 0) {
    throw_if_stop_requested();
    emit(event_of(Progress{stage, step, steps, 0.0, 0.0}));
  };

  report_stage("load");
  emit(event_of(describe_environment(device, execution.threads)));
  // A plugin that is rebuilt while its suite runs must not be filed under the old build.
  const PlannedFile plugin_file(execution.plugin_path, spec.plugin_sha256);
  plugin_file.require_same_bytes();
  const auto plugin = load_plugin(execution.plugin_path);
  plugin_file.require_same_name_and_bytes();
  const auto dataset = load_data(spec, execution, emit);
  const SampleSource train_samples(dataset.train, dataset.normalisation, device);
  const SampleSource test_samples(dataset.test, dataset.normalisation, device);

  ModelSpec model_spec;
  describe_data(dataset, spec.training, model_spec);
  model_spec.architecture =
      make_architecture(spec.network_family, spec.network_options, spec.training.precision);
  const auto own_options = declared_options(plugin);
  model_spec.options = Options(with_common_options(own_options), spec.options);
  const OptionFiles option_files(spec);
  const auto create = [&](std::string_view purpose) {
    auto created = plugin.create_model(model_spec, derive_seed(spec.seed, purpose));
    if (!declares_pretrained(own_options))
      load_pretrained(*created, model_spec.options.text(kPretrained.name));
    return created;
  };
  const auto build = [&](std::string_view purpose) {
    CheckedModel built(option_files.reading([&] { return create(purpose); }), dataset.sample_shape,
                       plugin.contract());
    built.module().to(device);
    return built;
  };
  const auto make_instruments = [&] {
    return prepare_instruments(spec, execution, dataset, device, report_stage, emit);
  };
  // A run that was cut off went through this already.
  if (!weights && !std::filesystem::exists(execution.checkpoint_path)) {
    report_stage("rehearse");
    const auto values = rehearse(build("rehearsal"), spec, dataset, train_samples);
    // Kept in the cache folder, so that to make them now and to load them again later costs little, and what
    // is wrong with them is known now.
    const auto instruments = make_instruments();
    if (instruments.extractor && values.isfinite().all().item<bool>())
      extract_features(*instruments.extractor->extractor, values);
  }
  const auto model = build("model");
  const auto first_weights = weights_in_short(model.module());
  for (const auto& note : networks_not_taken(model.module(), model_spec, spec.training.precision))
    emit(warning_event(note));

  const auto train_it = [&] {
    std::optional<OneThread> one_thread;
    if (threads_of_a_step(model.module(), spec.training.batch_size, execution.threads) == 1)
      one_thread.emplace();
    return train(model, spec.training, train_samples, spec.seed, execution.checkpoint_path,
                 {[&](const Progress& progress) { emit(event_of(progress)); },
                  [&](const CurvePoint& point) { emit(event_of(point)); }, stop_requested,
                  [&](const std::string& text) { emit(warning_event(text)); }, execution.checkpoint_seconds});
  };
  if (weights) {
    load_weights(model, *weights, device);
  } else {
    const auto training = train_it();
    emit(event_of(training));
    if (training.train_steps > 0)
      emit(event_of(new_metric("train", "seconds_per_100_steps",
                               100.0 * training.train_seconds / static_cast<double>(training.train_steps))));
  }

  const auto build_with_another_seed = [&] {
    auto built = build("saving");
    if (!first_weights.empty() && weights_in_short(built.module()) == first_weights)
      emit(
          warning_event("the model begins with the same weights under every seed: seeds differ in batches "
                        "and noise alone"));
    return built;
  };
  require_saved_model_answers_alike(model, build_with_another_seed,
                                    train_samples.range(0, std::min(kComparedSamples, train_samples.size())));

  const torch::NoGradGuard no_gradients;
  const auto [extractor, reference] = make_instruments();
  report_stage("encode");
  const auto train_coefficients = encode_all(model, train_samples);
  const auto test_encodings = encode_split(model, test_samples);
  const Artefacts artefacts(execution.keep, execution.artefact_dir, emit);
  artefacts.keep(kCoefficients, "", "train", train_coefficients);
  artefacts.keep(kCoefficients, "", "test", test_encodings.coefficients);
  std::string stage;
  const std::function<void(std::int64_t, std::int64_t)> progress =
      [&](std::int64_t step, std::int64_t steps) { report_stage(stage, step, steps); };
  const ProtocolContext context{spec,           dataset,
                                model,          device,
                                train_samples,  train_coefficients,
                                test_encodings, extractor ? &*extractor : nullptr,
                                reference,      emit,
                                progress,       artefacts};
  constexpr std::pair<const char*, void (*)(const ProtocolContext&)> kProtocols[] = {
      {"reconstruct", reconstruct},
      {"interpolate", interpolate},
      {"generate", generate},
      {"collapse", measure_collapse},
      {"rank", measure_rank}};
  for (const auto& [name, protocol] : kProtocols) {
    stage = name;
    report_stage(stage);
    protocol(context);
  }
  artefacts.keep_weights(model.module());
  plugin_file.require_same_bytes();
}

}  // namespace rraebench
