// What every plugin of this build must do, tried on a tiny instance of it.
#include "host/worker/checked_model.hpp"
#include "host/worker/plugin_library.hpp"
#include "plugin_files.hpp"
#include "rraebench/adabelief.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace rraebench {
namespace {

constexpr std::int64_t kSampleSize = 12;
constexpr std::int64_t kSamples = 10;

class PluginConformance : public testing::TestWithParam<const char*> {
 protected:
  PluginConformance() : library_(GetParam()) {}

  /// Small sizes where the plugin has such options, its defaults elsewhere.
  std::shared_ptr<Model> make_model(std::uint64_t seed = 1, torch::ScalarType type = torch::kFloat32) const {
    std::map<std::string, std::string> given;
    const auto rules = declared_options();
    for (const auto& rule : rules) {
      if (std::string(rule.name) == "latent") given["latent"] = "6";
      if (std::string(rule.name) == "rank") given["rank"] = "2";
    }
    ModelSpec spec;
    spec.sample_shape = {kSampleSize};
    spec.train_count = kSamples;
    spec.architecture =
        make_architecture("mlp", {{"encoder_width", "8"}, {"decoder_depth", "1"}, {"decoder_width", "8"}});
    spec.options = Options(rules, given);
    auto model = library_.create_model(spec, seed);
    model->to(type);
    return model;
  }

  std::vector<OptionRule> declared_options() const {
    const auto& descriptor = library_.descriptor();
    return {descriptor.options, descriptor.options + descriptor.option_count};
  }

  static Batch training_set(torch::ScalarType type = torch::kFloat32) {
    const auto t = torch::linspace(0.0, 3.0, kSampleSize, torch::kFloat64).unsqueeze(0);
    const auto p = torch::linspace(0.0, 1.0, kSamples, torch::kFloat64).unsqueeze(1);
    return {(t - p).sin().to(type), torch::arange(kSamples)};
  }

  static NextBatch stream(const Batch& all, std::int64_t batch_size) {
    return [all, batch_size, first = std::int64_t{0}]() mutable -> std::optional<Batch> {
      if (first >= all.samples.size(0)) return std::nullopt;
      const auto last = std::min(first + batch_size, all.samples.size(0));
      const Batch batch{all.samples.slice(0, first, last), all.indices.slice(0, first, last)};
      first = last;
      return batch;
    };
  }

  static void finalise(Model& model, const Batch& all, std::int64_t batch_size = 4) {
    const torch::NoGradGuard no_gradients;
    model.eval();
    model.finalise(stream(all, batch_size));
  }

  static void train(Model& model, const Batch& batch, int steps) {
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

  /// With the same noise every time.
  static torch::Tensor seeded_loss(Model& model, const Batch& batch) {
    torch::manual_seed(99);
    return model.loss(batch).total;
  }

  PluginLibrary library_;
};

TEST_P(PluginConformance, DescribesItself) {
  const auto& descriptor = library_.descriptor();
  EXPECT_STREQ(descriptor.abi, RRAEBENCH_ABI);
  for (const char* text : {descriptor.name, descriptor.summary, descriptor.version, descriptor.citation})
    EXPECT_FALSE(std::string(text).empty());
  EXPECT_NO_THROW(Options(declared_options(), {}));
  for (const auto& rule : declared_options()) EXPECT_FALSE(std::string(rule.help).empty()) << rule.name;
}

TEST_P(PluginConformance, ShapesAreThoseOfTheContract) {
  const auto all = training_set();
  const auto model = make_model();
  const CheckedModel checked(model, {kSampleSize});
  const auto loss = checked.loss(all);
  EXPECT_EQ(loss.total.numel(), 1);
  EXPECT_TRUE(loss.total.requires_grad());
  for (const auto& [name, part] : loss.parts) EXPECT_FALSE(part.requires_grad()) << name;
  finalise(*model, all);
  for (const std::int64_t count : {std::int64_t{1}, std::int64_t{3}, kSamples}) {
    const auto samples = all.samples.slice(0, 0, count);
    const auto coefficients = checked.encode(samples);
    EXPECT_EQ(checked.decode(coefficients).size(0), count);
    checked.latent(samples);
    if (const auto posterior = checked.posterior(samples)) {
      EXPECT_EQ(posterior->mean.sizes(), coefficients.sizes());
    }
    if (const auto drawn = checked.prior(count)) {
      EXPECT_EQ(drawn->sizes(), coefficients.sizes());
    }
  }
}

TEST_P(PluginConformance, GradientsAgreeWithFiniteDifferences) {
  const auto all = training_set(torch::kFloat64);
  const auto model = make_model(1, torch::kFloat64);
  model->train();
  seeded_loss(*model, all).backward();
  constexpr double kStep = 1e-6;
  for (auto& item : model->named_parameters()) {
    auto& parameter = item.value();
    if (!parameter.requires_grad() || !parameter.grad().defined()) continue;
    const torch::NoGradGuard no_gradients;
    for (const std::int64_t i : {std::int64_t{0}, parameter.numel() / 2, parameter.numel() - 1}) {
      auto value = parameter.view(-1)[i];
      const double original = value.item<double>();
      value.fill_(original + kStep);
      const double above = seeded_loss(*model, all).item<double>();
      value.fill_(original - kStep);
      const double below = seeded_loss(*model, all).item<double>();
      value.fill_(original);
      const double numeric = (above - below) / (2 * kStep);
      EXPECT_NEAR(parameter.grad().view(-1)[i].item<double>(), numeric,
                  1e-5 * std::max(1.0, std::abs(numeric)))
          << item.key() << "[" << i << "]";
    }
  }
}

TEST_P(PluginConformance, GroupsHoldEveryTrainableParameterOnce) {
  const auto model = make_model();
  std::multiset<void*> grouped;
  for (const auto& group : model->parameter_groups())
    for (const auto& parameter : group.parameters) grouped.insert(parameter.unsafeGetTensorImpl());
  std::multiset<void*> trainable;
  for (const auto& parameter : model->parameters())
    if (parameter.requires_grad()) trainable.insert(parameter.unsafeGetTensorImpl());
  EXPECT_EQ(grouped, trainable);
}

TEST_P(PluginConformance, TrainingLowersTheLoss) {
  const auto all = training_set();
  const auto model = make_model();
  const double before = seeded_loss(*model, all).item<double>();
  train(*model, all, 300);
  EXPECT_LT(seeded_loss(*model, all).item<double>(), 0.7 * before);
}

TEST_P(PluginConformance, TheSameSeedGivesTheSameModelAndLoss) {
  const auto all = training_set();
  const auto run = [&](std::uint64_t seed) {
    const auto model = make_model(seed);
    torch::manual_seed(7);
    train(*model, all, 5);
    return seeded_loss(*model, all).item<double>();
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

TEST_P(PluginConformance, FinaliseCanBeRepeatedAndDoesNotDependOnBatches) {
  const auto all = training_set();
  const auto model = make_model();
  train(*model, all, 50);
  finalise(*model, all, 4);
  const torch::NoGradGuard no_gradients;
  const auto first = model->encode(all.samples);
  finalise(*model, all, 4);
  EXPECT_TRUE(torch::equal(model->encode(all.samples), first));
  finalise(*model, all, 3);
  EXPECT_TRUE(torch::allclose(model->encode(all.samples), first, 1e-4, 1e-5));
}

TEST_P(PluginConformance, EncodingIsDeterministic) {
  const auto all = training_set();
  const auto model = make_model();
  finalise(*model, all);
  const torch::NoGradGuard no_gradients;
  const auto coefficients = model->encode(all.samples);
  EXPECT_TRUE(torch::equal(model->encode(all.samples), coefficients));
  EXPECT_TRUE(torch::equal(model->decode(coefficients), model->decode(coefficients)));
  if (const auto posterior = model->posterior(all.samples)) {
    EXPECT_TRUE(torch::allclose(posterior->mean, coefficients));
  }
}

TEST_P(PluginConformance, ASavedModelComesBackWhole) {
  const auto all = training_set();
  const auto model = make_model(1);
  train(*model, all, 20);
  finalise(*model, all);
  std::stringstream stream;
  torch::serialize::OutputArchive out;
  model->save(out);
  out.save_to(stream);
  const auto copy = make_model(2);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  copy->load(in);
  copy->eval();
  const torch::NoGradGuard no_gradients;
  EXPECT_TRUE(
      torch::equal(copy->decode(copy->encode(all.samples)), model->decode(model->encode(all.samples))));
}

TEST_P(PluginConformance, TrainedReconstructionIsWhatTheLossSaw) {
  const auto all = training_set();
  const auto model = make_model();
  train(*model, all, 600);
  finalise(*model, all);
  const torch::NoGradGuard no_gradients;
  const auto reconstruction = model->decode(model->encode(all.samples));
  const double error = (100 * (reconstruction - all.samples).norm() / all.samples.norm()).item<double>();
  const double loss = seeded_loss(*model, all).item<double>();
  // The whole set is one batch here, so that a basis over it changes nothing; noise only adds to a loss.
  EXPECT_LT(error, 1.05 * loss + 0.5);
}

std::string plugin_name(const testing::TestParamInfo<const char*>& info) {
  auto name = std::filesystem::path(info.param).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Plugins, PluginConformance, testing::ValuesIn(kPluginFiles), plugin_name);

}  // namespace
}  // namespace rraebench
