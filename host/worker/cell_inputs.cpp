#include "host/worker/cell_inputs.hpp"

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "host/common/common_options.hpp"
#include "host/common/errors.hpp"
#include "host/common/events.hpp"
#include "host/common/planned_steps.hpp"
#include "host/common/precision.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/seeds.hpp"
#include "host/worker/training/pretrained.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rraebench {
namespace {

PluginLibrary load_plugin(const std::filesystem::path& file) {
  try {
    return PluginLibrary(file);
  } catch (const PluginError& error) {
    // It could be used when the suite was planned: what is missing now is not the model's fault.
    throw InfrastructureError(error.what());
  }
}

/// Compared before and after: the loader opens it by its name.
PluginLibrary load_planned_plugin(const std::filesystem::path& file, const PlannedFile& planned) {
  planned.require_same_bytes();
  auto plugin = load_plugin(file);
  planned.require_same_name_and_bytes();
  return plugin;
}

/// What the data let a model know beside its samples.
void describe_data(const Dataset& dataset, const TrainingPlan& plan, ModelSpec& spec) {
  spec.sample_shape = dataset.sample_shape;
  spec.train_count = dataset.train.size();
  spec.total_steps = planned_steps(plan, dataset.train.size());
  spec.training_steps = planned_training_steps(plan, dataset.train.size());
  if (dataset.train.labels.defined()) {
    spec.class_count = dataset.train.labels.max().item<std::int64_t>() + 1;
    // A class may be missing among a few training samples.
    if (dataset.test.labels.defined())
      spec.class_count = std::max(spec.class_count, dataset.test.labels.max().item<std::int64_t>() + 1);
  }
  if (dataset.train.parameters.defined()) spec.parameter_count = dataset.train.parameters.size(1);
}

ModelSpec make_model_spec(const RunSpec& run, const PluginLibrary& plugin, const Dataset& dataset) {
  ModelSpec spec;
  describe_data(dataset, run.training, spec);
  spec.architecture = make_architecture(run.network_family, run.network_options,
                                        precision_of_networks(run.training.precision));
  spec.options = Options(with_common_options(declared_options(plugin)), run.options);
  return spec;
}

}  // namespace

PlannedPlugin::PlannedPlugin(const std::filesystem::path& file, const std::string& sha256)
    : file_(file, sha256), library_(load_planned_plugin(file, file_)) {}

Dataset load_planned_data(const RunSpec& spec, const Execution& execution,
                          const std::function<void(const nlohmann::json& event)>& emit) {
  const Options options(dataset_description(spec.dataset).options, spec.dataset_options);
  auto dataset = [&] {
    try {
      return load_dataset(
          spec.dataset, options,
          {execution.data_dir,
           execution.cache_dir,
           {[](std::int64_t, std::int64_t) { throw_if_stop_requested(); }, waiting_events(emit)},
           execution.suite_dir});
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

OptionFiles::OptionFiles(const RunSpec& spec) {
  for (const auto& [option, sha256] : spec.option_files_sha256) {
    try {
      files_.emplace_back(spec.options.at(option), sha256);
    } catch (const std::exception& error) {
      // It was there when the suite was planned: what came between is not the model's fault.
      throw InfrastructureError(error.what());
    }
  }
}

void OptionFiles::require_same() const {
  for (const auto& file : files_) file.require_same_name_and_bytes();
}

ModelFactory::ModelFactory(const RunSpec& spec, const PluginLibrary& plugin, const Dataset& dataset,
                           torch::Device device)
    : plugin_(plugin),
      seed_(spec.seed),
      device_(device),
      spec_(make_model_spec(spec, plugin, dataset)),
      option_files_(spec),
      takes_common_weights_(!declares_pretrained(declared_options(plugin))) {}

std::shared_ptr<Model> ModelFactory::create(std::string_view purpose) const {
  auto created = plugin_.create_model(spec_, derive_seed(seed_, purpose));
  if (takes_common_weights_) load_pretrained(*created, spec_.options.text(kPretrained.name));
  return created;
}

CheckedModel ModelFactory::build(std::string_view purpose) const {
  CheckedModel built(option_files_.reading([&] { return create(purpose); }), spec_.sample_shape,
                     plugin_.contract());
  built.module().to(device_);
  return built;
}

}  // namespace rraebench
