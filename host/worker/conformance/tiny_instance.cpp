#include "host/worker/conformance/tiny_instance.hpp"

#include "rraebench/adabelief.hpp"

namespace rraebench {

std::vector<OptionRule> declared_options(const PluginLibrary& library) {
  const auto& descriptor = library.descriptor();
  return {descriptor.options, descriptor.options + descriptor.option_count};
}

std::shared_ptr<Model> make_tiny(const TriedPlugin& plugin, std::map<std::string, std::string> given,
                                 std::uint64_t seed, torch::ScalarType type) {
  const auto rules = declared_options(plugin.library);
  given.insert(plugin.options.begin(), plugin.options.end());
  for (const auto& rule : rules) {
    if (std::string(rule.name) == "latent") given.emplace("latent", "6");
    if (std::string(rule.name) == "rank") given.emplace("rank", "2");
  }
  ModelSpec spec;
  spec.sample_shape = {kTinySampleSize};
  spec.train_count = kTinySamples;
  spec.architecture =
      make_architecture("mlp", {{"encoder_width", "8"}, {"decoder_depth", "1"}, {"decoder_width", "8"}});
  spec.options = Options(rules, given);
  auto model = plugin.library.create_model(spec, seed);
  model->to(type);
  return model;
}

Batch training_set(torch::ScalarType type) {
  const auto t = torch::linspace(0.0, 3.0, kTinySampleSize, torch::kFloat64).unsqueeze(0);
  const auto p = torch::linspace(0.0, 1.0, kTinySamples, torch::kFloat64).unsqueeze(1);
  return {(t - p).sin().to(type), torch::arange(kTinySamples)};
}

NextBatch tiny_batches(const Batch& all, std::int64_t batch_size) {
  return [all, batch_size, first = std::int64_t{0}]() mutable -> std::optional<Batch> {
    if (first >= all.samples.size(0)) return std::nullopt;
    const auto last = std::min(first + batch_size, all.samples.size(0));
    const Batch batch{all.samples.slice(0, first, last), all.indices.slice(0, first, last)};
    first = last;
    return batch;
  };
}

void finalise_tiny(Model& model, const Batch& all, std::int64_t batch_size) {
  const torch::NoGradGuard no_gradients;
  model.eval();
  model.finalise(tiny_batches(all, batch_size));
}

void train_tiny(Model& model, const Batch& batch, int steps) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  for (auto& group : model.parameter_groups())
    groups.emplace_back(group.parameters,
                        std::make_unique<AdaBeliefOptions>(3e-3 * group.learning_rate_scale));
  AdaBelief optimiser(std::move(groups));
  model.train();
  for (int step = 0; step < steps; ++step) {
    optimiser.zero_grad();
    model.loss(batch).total.backward();
    optimiser.step();
    const torch::NoGradGuard no_gradients;
    model.after_step();
  }
}

torch::Tensor seeded_loss(Model& model, const Batch& batch) {
  torch::manual_seed(99);
  return model.loss(batch).total;
}

}  // namespace rraebench
