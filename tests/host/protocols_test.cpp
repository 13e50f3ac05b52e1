#include "host/worker/protocols/protocols.hpp"

#include "datasets/load.hpp"
#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "metrics/extractors/pca.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>

namespace rraebench {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kSide = 4;
constexpr std::int64_t kSize = kSide * kSide;

/// Answers what a test puts in; else its coefficients are its values.
class Answering : public Model {
 public:
  Loss loss(const Batch& batch) override { return {batch.samples.sum(), {}}; }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples.flatten(1).mm(basis); }
  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return coefficients.mm(basis.t()).mul(gain).view({-1, 1, kSide, kSide});
  }
  std::optional<Posterior> posterior(const torch::Tensor& samples) override {
    if (!log_variance) return std::nullopt;
    const auto mean = encode(samples);
    return Posterior{mean, torch::full_like(mean, *log_variance)};
  }
  std::optional<torch::Tensor> prior(std::int64_t count) override {
    if (prior_mean == 0.0) return std::nullopt;
    return torch::randn({count, basis.size(1)}) + prior_mean;
  }
  std::optional<torch::Tensor> kl(const torch::Tensor& samples) override {
    return own_kl ? std::optional(torch::full({samples.size(0), basis.size(1)}, *own_kl)) : std::nullopt;
  }

  torch::Tensor basis = torch::eye(kSize);
  double gain = 1.0;
  std::optional<double> log_variance;
  double prior_mean = 0.0;
  std::optional<double> own_kl;
};

class Protocols : public testing::Test {
 protected:
  Protocols() {
    torch::manual_seed(5);
    dataset_.name = "tiny";
    dataset_.sample_shape = {1, kSide, kSide};
    dataset_.fingerprint = std::string(64, 'a');
    set_images(torch::randint(0, 256, {40, 1, kSide, kSide}).to(torch::kUInt8));
    spec_.comparison = "tiny";
    spec_.dataset = dataset_.name;
    spec_.generates = true;
    spec_.generation = {30, {"gaussian"}};
    spec_.interpolates = true;
    spec_.interpolation.kind = "pairs";
    spec_.interpolation.pairs = 8;
    spec_.features.metrics = {"fid", "precision", "recall", "path"};
    spec_.features.neighbours = 3;
  }

  void set_images(const torch::Tensor& bytes) {
    dataset_.train.samples = bytes;
    dataset_.test.samples = bytes;
  }

  void measure(void (*protocol)(const ProtocolContext&), bool with_features = false) {
    const torch::NoGradGuard no_gradients;
    const CheckedModel model(model_, dataset_.sample_shape);
    const SampleSource source(dataset_.test, dataset_.normalisation, torch::kCPU);
    const auto coefficients = encode_all(model, source);
    const auto encodings = encode_split(model, source);
    std::optional<NamedExtractor> extractor;
    std::optional<ReferenceFeatures> reference;
    if (with_features) {
      extractor = make_extractor("pca:3", dataset_, cache_.path(), torch::kCPU, {});
      reference = prepare_reference(spec_, dataset_, *extractor, cache_.path(), [](auto, auto) {});
    }
    const std::function<void(const nlohmann::json&)> emit = [this](const nlohmann::json& event) {
      // As they come over the pipe: what is no number is null.
      const auto sent = nlohmann::json::parse(event.dump());
      if (sent["event"] == "warning") notes_.push_back(sent["text"]);
      if (sent["event"] == "metric")
        figures_[sent["name"].get<std::string>()] =
            sent["value"].is_null() ? std::nan("") : sent["value"].get<double>();
      if (sent["event"] == "metric") variants_[sent["name"]] = sent["variant"];
    };
    const std::function<void(std::int64_t, std::int64_t)> ignore = [](std::int64_t, std::int64_t) {};
    protocol({spec_, dataset_, model, torch::kCPU, source, coefficients, encodings,
              extractor ? &*extractor : nullptr, reference, emit, ignore, artefacts_});
  }

  TemporaryFolder cache_;
  RunSpec spec_;
  Dataset dataset_;
  std::shared_ptr<Answering> model_ = std::make_shared<Answering>();
  std::map<std::string, double> figures_;
  std::map<std::string, std::string> variants_;
  std::vector<std::string> notes_;
  Artefacts artefacts_;  // Nothing is kept.
};

TEST_F(Protocols, TheRelativeErrorOfImagesOfBytesIsNotClamped) {
  model_->gain = 1.5;  // Much of it beyond [0, 1].
  measure(reconstruct);
  EXPECT_NEAR(figures_.at("relative_error"), 50.0, 1e-3);
}

TEST_F(Protocols, NoLinearModelIsBetterThanTheTruncatedDecomposition) {
  const auto values = to_values(dataset_.test.samples).flatten(1).to(torch::kFloat64);
  const auto [u, sigma, vt] = torch::linalg_svd(values, /*full_matrices=*/false);
  constexpr std::int64_t kRank = 3;
  model_->basis = vt.slice(0, 0, kRank).t().to(torch::kFloat32).contiguous();
  measure(reconstruct);
  const auto energies = sigma.square();
  const double tail = energies.slice(0, kRank, kSize).sum().item<double>();
  EXPECT_NEAR(figures_.at("relative_error"), 100.0 * std::sqrt(tail / energies.sum().item<double>()), 1e-4);
}

TEST_F(Protocols, AnErrorRelativeToNothingIsLeftOut) {
  set_images(torch::zeros({40, 1, kSide, kSide}, torch::kUInt8));
  measure(reconstruct);
  EXPECT_THAT(figures_, IsEmpty());
  EXPECT_THAT(notes_, Contains("tiny, reconstruct test: relative_error is not measured: every value of the "
                               "samples is 0"));
}

TEST_F(Protocols, APosteriorOfHugeVarianceCostsItsDivergenceAlone) {
  model_->log_variance = 800.0;
  measure(measure_collapse);
  EXPECT_TRUE(std::isnan(figures_.at("kl_total")));
  EXPECT_EQ(figures_.at("collapsed_fraction"), 0.0);
  EXPECT_NEAR(figures_.at("mutual_information"), 0.0, 1e-9);
  EXPECT_EQ(figures_.count("active_units"), 1U);
  EXPECT_THAT(notes_,
              ElementsAre("tiny, collapse to N(0, I): kl_total is not finite (posterior log variances "
                          "from 800 to 800)"));
}

TEST_F(Protocols, ExtrapolationFromAGridIsSaid) {
  spec_.interpolation.kind = "grid";
  const auto axis = torch::arange(40, torch::kFloat64);
  dataset_.grid = {{axis.data_ptr<double>(), axis.data_ptr<double>() + axis.numel()}};
  dataset_.test.parameters = axis.unsqueeze(1);
  measure(interpolate);
  EXPECT_NEAR(figures_.at("relative_error"), 0.0, 1e-4) << "each at its own place";
  EXPECT_THAT(notes_, IsEmpty());
  dataset_.test.parameters = 1.06 * axis.unsqueeze(1);  // 38 and 39 become 40.28 and 41.34, 37 becomes 39.22.
  measure(interpolate);
  EXPECT_THAT(notes_, ElementsAre("tiny, interpolate grid: 3 of 40 test parameters lie outside of the "
                                  "training grid: there the figure extrapolates"));
}

TEST_F(Protocols, TheDivergenceSaysToWhatItIs) {
  model_->log_variance = 0.0;
  measure(measure_collapse);
  EXPECT_EQ(variants_.at("kl_total"), "to N(0, I)");
  figures_.clear();
  model_->prior_mean = 2.0;
  measure(measure_collapse);
  EXPECT_EQ(figures_.count("kl_total") + figures_.count("collapsed_fraction"), 0U);
  EXPECT_EQ(figures_.count("mutual_information"), 1U);
  EXPECT_THAT(notes_, Contains(HasSubstr("the model's prior is not N(0, I)")));
  model_->own_kl = 0.25;
  measure(measure_collapse);
  EXPECT_EQ(variants_.at("kl_total"), "to its own prior");
  EXPECT_DOUBLE_EQ(figures_.at("kl_total"), 0.25 * kSize);
}

TEST_F(Protocols, SamplesThatAreAllAlikeHaveNoMetricOfFeatures) {
  set_images(torch::full({40, 1, kSide, kSide}, 7, torch::kUInt8));
  for (auto* protocol : {generate, interpolate}) {
    notes_.clear();
    measure(protocol, true);
    EXPECT_THAT(notes_, Contains(HasSubstr("those of all real samples are the same")));
  }
  EXPECT_THAT(figures_, IsEmpty());
}

TEST_F(Protocols, AModelThatDrawsOneImageIsMeasured) {
  model_->gain = 0.0;
  measure(generate, true);
  EXPECT_GT(figures_.at("fid"), 0.0);
  EXPECT_EQ(figures_.at("recall"), 0.0);
  EXPECT_THAT(notes_, Contains(HasSubstr("30 of 30 own samples have neighbourhoods of radius 0")));
  measure(interpolate, true);
  EXPECT_THAT(notes_, Contains(HasSubstr("path_length and path_detour are left out")));
}

TEST_F(Protocols, TheAggregatedPosteriorDrawsTrainingSamplesWithTheirNoise) {
  spec_.generation.samplers = {"posterior"};
  measure(generate, true);
  EXPECT_THAT(figures_, IsEmpty()) << "a deterministic model has none";
  model_->log_variance = -40.0;
  measure(generate, true);
  EXPECT_EQ(variants_.at("precision"), "posterior");
  EXPECT_EQ(figures_.at("precision"), 1.0);
  const double without_noise = figures_.at("fid");
  model_->log_variance = 0.0;
  measure(generate, true);
  EXPECT_GT(figures_.at("fid"), 2.0 * without_noise);
}

TEST_F(Protocols, TheUniformBoxIsDrawnFrom) {
  spec_.generation.samplers = {"uniform"};
  measure(generate, true);
  EXPECT_EQ(variants_.at("fid"), "uniform");
}

TEST_F(Protocols, AFitThatFailsCostsItsSamplerAlone) {
  spec_.generation.samplers = {"mixture:50", "gaussian"};
  measure(generate, true);
  EXPECT_EQ(figures_.count("fid"), 1U);
  EXPECT_EQ(variants_.at("fid"), "gaussian");
  EXPECT_THAT(notes_, Contains(HasSubstr("generate mixture:50: nothing is measured: a mixture of 50")));
}

TEST(FigureFault, IsASentenceButNotForModelsAndMachines) {
  EXPECT_EQ(fault_of([] {}), std::nullopt);
  EXPECT_EQ(fault_of([] { throw std::invalid_argument("no\nmore"); }), "no");
  EXPECT_THROW(fault_of([] { throw DivergedError("decode()"); }), DivergedError);
  EXPECT_THROW(fault_of([] { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST_F(Protocols, WhatIsMeasuredIsWhatIsKept) {
  std::vector<ArtefactRecord> kept;
  artefacts_ = Artefacts({"samples", "reconstructions"}, cache_.path(), [&](const nlohmann::json& event) {
    RunRecord run;
    apply_event(event, run);
    kept.push_back(run.artefacts.at(0));
  });
  model_->gain = 1.5;  // Much of it beyond [0, 1].
  spec_.generation.samplers = {"gaussian", "mixture:2"};
  measure(generate, true);
  measure(reconstruct);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[1].path, "samples-mixture-2.npy");
  EXPECT_EQ(kept[1].variant, "mixture:2");
  EXPECT_EQ(kept[1].shape, (std::vector<std::int64_t>{30, 1, kSide, kSide}));
  EXPECT_EQ(kept[2].path, "reconstructions-test.npy");
  for (const auto& artefact : kept) {
    EXPECT_EQ(sha256_of_file(cache_ / artefact.path), artefact.sha256);
    EXPECT_EQ(std::filesystem::file_size(cache_ / artefact.path), static_cast<std::uint64_t>(artefact.bytes));
  }
  const auto samples = load_samples(cache_ / kept[1].path, 1, {});
  EXPECT_GE(samples.value_minimum, 0.0);
  EXPECT_LE(samples.value_maximum, 1.0);  // As the features saw them.
  const auto reconstructions = load_samples(cache_ / kept[2].path, 1, {}).train.samples;
  EXPECT_TRUE(reconstructions.allclose(1.5 * to_values(dataset_.test.samples)));  // As the error saw them.
}

TEST_F(Protocols, AFileThatCannotBeKeptIsAFaultOfTheMachine) {
  artefacts_ = Artefacts({"samples"}, cache_ / "nowhere", [](const nlohmann::json&) {});
  EXPECT_THROW(measure(generate), InfrastructureError);
}

}  // namespace
}  // namespace rraebench
