#include "host/worker/conformance/tiny_instance.hpp"

#include "host/worker/checked_model.hpp"
#include "host/worker/training/loss_leaves.hpp"
#include "rraebench/adabelief.hpp"

namespace rraebench {
namespace {

torch::Tensor rows_of(const torch::Tensor& tensor, std::int64_t first, std::int64_t last) {
  return tensor.defined() ? tensor.slice(0, first, last) : tensor;
}

Architecture architecture_for(const std::vector<std::int64_t>& sample_shape) {
  if (sample_shape.size() == 3) return make_architecture("cnn-vrrae", {});
  return make_architecture("mlp", {{"encoder_width", "8"}, {"decoder_depth", "1"}, {"decoder_width", "8"}});
}

}  // namespace

std::shared_ptr<Model> make_tiny(const TriedPlugin& plugin, std::map<std::string, std::string> given,
                                 std::uint64_t seed, torch::ScalarType type) {
  const auto rules = declared_options(plugin.library);
  given.insert(plugin.options.begin(), plugin.options.end());
  for (const auto& rule : rules) {
    if (std::string(rule.name) == "latent") given.emplace("latent", "6");
    if (std::string(rule.name) == "rank") given.emplace("rank", "2");
  }
  ModelSpec spec;
  spec.sample_shape = plugin.sample_shape;
  spec.train_count = kTinySamples;
  spec.architecture = architecture_for(plugin.sample_shape);
  spec.total_steps = kTinySteps;
  spec.training_steps = kTinySteps;
  spec.class_count = kTinyClasses;
  spec.parameter_count = 1;
  spec.options = Options(rules, given);
  auto model = plugin.library.create_model(spec, seed);
  model->to(type);
  return model;
}

Batch training_set(torch::ScalarType type, at::IntArrayRef sample_shape) {
  const auto t = torch::linspace(0.0, 3.0, sample_shape.back(), torch::kFloat64).unsqueeze(0);
  const auto p = torch::linspace(0.0, 1.0, kTinySamples, torch::kFloat64).unsqueeze(1);
  auto values = (t - p).sin();  // N x T
  if (sample_shape.size() == 3) {
    const auto y = torch::linspace(0.0, 1.0, sample_shape[1], torch::kFloat64).unsqueeze(1);
    const auto c = torch::linspace(0.0, 1.0, sample_shape[0], torch::kFloat64).view({-1, 1, 1});
    values = 0.5 + 0.5 * (t - y - c - p.view({-1, 1, 1, 1})).sin();  // N x C x H x W
  }
  Batch batch;
  batch.samples = values.to(type);
  batch.indices = torch::arange(kTinySamples);
  batch.labels = batch.indices.remainder(kTinyClasses);
  batch.parameters = p.to(type);
  return batch;
}

NextBatch tiny_batches(const Batch& all, std::int64_t batch_size) {
  return [all, batch_size, first = std::int64_t{0}]() mutable -> std::optional<Batch> {
    if (first >= all.samples.size(0)) return std::nullopt;
    const auto last = std::min(first + batch_size, all.samples.size(0));
    const Batch batch{rows_of(all.samples, first, last), rows_of(all.indices, first, last),
                      rows_of(all.labels, first, last), rows_of(all.parameters, first, last), all.step};
    first = last;
    return batch;
  };
}

void finalise_tiny(Model& model, const Batch& all, std::int64_t batch_size, int contract) {
  const torch::NoGradGuard no_gradients;
  model.eval();
  in_call("finalise()", [&] { finalise_model(model, tiny_batches(all, batch_size), contract); });
}

void train_tiny(Model& model, const Batch& all, int steps) {
  if (in_call("loss()", [&] { return has_nothing_to_train(model, all); })) return;
  std::vector<torch::optim::OptimizerParamGroup> groups;
  for (auto& group : model.parameter_groups())
    groups.emplace_back(group.parameters,
                        std::make_unique<AdaBeliefOptions>(3e-3 * group.learning_rate_scale));
  AdaBelief optimiser(std::move(groups));
  model.train();
  auto batch = all;
  for (batch.step = 0; batch.step < steps; ++batch.step) {
    optimiser.zero_grad();
    in_call("loss()", [&] { return model.loss(batch); }).total.backward();
    optimiser.step();
    const torch::NoGradGuard no_gradients;
    in_call("after_step()", [&] { model.after_step(); });
  }
}

torch::Tensor seeded_loss(Model& model, const Batch& batch) {
  torch::manual_seed(99);
  return in_call("loss()", [&] { return model.loss(batch); }).total;
}

}  // namespace rraebench
