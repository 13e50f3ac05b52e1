// What every plugin of this build must do, tried on a tiny instance of it.
#include "host/worker/checked_model.hpp"
#include "plugin_files.hpp"
#include "tiny_instance.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <malloc.h>
#include <set>
#include <sstream>

namespace rraebench {
namespace {

class PluginConformance : public testing::TestWithParam<const char*> {
 protected:
  PluginConformance() : library_(GetParam()) {}

  std::shared_ptr<Model> make_model(std::uint64_t seed = 1, torch::ScalarType type = torch::kFloat32) const {
    return make_tiny(library_, {}, seed, type);
  }

  PluginLibrary library_;
};

TEST_P(PluginConformance, DescribesItself) {
  const auto& descriptor = library_.descriptor();
  EXPECT_STREQ(descriptor.abi, RRAEBENCH_ABI);
  for (const char* text : {descriptor.name, descriptor.summary, descriptor.version, descriptor.citation})
    EXPECT_FALSE(std::string(text).empty());
  EXPECT_NO_THROW(Options(declared_options(library_), {}));
  for (const auto& rule : declared_options(library_))
    EXPECT_FALSE(std::string(rule.help).empty()) << rule.name;
}

TEST_P(PluginConformance, RefusesOptionsOutOfRange) {
  for (const auto& rule : declared_options(library_)) {
    SCOPED_TRACE(rule.name);
    std::string wrong = "no such value";
    if (rule.type == OptionType::kInteger || rule.type == OptionType::kReal) {
      ASSERT_TRUE(std::isfinite(rule.minimum));
      wrong = detail::number_text(rule.minimum - 1);
    } else if (rule.type == OptionType::kText) {
      ASSERT_STRNE(rule.choices, "");
    }
    EXPECT_THROW(make_tiny(library_, {{rule.name, wrong}}), OptionError);
  }
  EXPECT_THROW(make_tiny(library_, {{"no_such_option", "1"}}), OptionError);
}

TEST_P(PluginConformance, EveryTrainableParameterHasAPartInTheLoss) {
  const auto model = make_model(1, torch::kFloat64);
  seeded_loss(*model, training_set(torch::kFloat64)).backward();
  for (const auto& item : model->named_parameters()) {
    if (!item.value().requires_grad()) continue;
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0.0) << item.key();
  }
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

TEST_P(PluginConformance, FinaliseNeedsNoMemoryForEachSample) {
  const auto all = training_set();
  const auto model = make_model();
  constexpr int kBatches = 300;
  std::vector<std::size_t> live_bytes;
  live_bytes.reserve(kBatches);
  const torch::NoGradGuard no_gradients;
  model->eval();
  model->finalise([&]() -> std::optional<Batch> {
    if (live_bytes.size() == kBatches) return std::nullopt;
    const auto heap = mallinfo2();
    live_bytes.push_back(heap.uordblks + heap.hblkhd);
    return all;
  });
  if (live_bytes.empty()) return;  // Nothing to fix in this model.
  ASSERT_EQ(live_bytes.size(), kBatches);
  // What even one float kept of every sample would have cost since the tenth batch.
  constexpr std::size_t kOneFloatEach = (kBatches - 10) * kSamples * sizeof(float);
  EXPECT_LT(live_bytes.back(), live_bytes[10] + kOneFloatEach);
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
