#pragma once
// Implements: a model whose answers are checked, so that a faulty plugin fails with a sentence instead of a
// wrong figure. Everything in the worker talks to models through this.

#include "rraebench/abi.hpp"
#include "rraebench/model.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rraebench {

/// Training or evaluation left the finite numbers.
class DivergedError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Calls finalise() of a model whose plugin was built for `contract`. A batch is handed over by value, in
/// memory of the plugin's: one of a contract before the third has room for the batch of then alone.
void finalise_model(Model& model, const NextBatch& samples, int contract = RRAEBENCH_CONTRACT_VERSION);

/// A model together with the shape of its samples. Answers of a wrong shape throw std::runtime_error naming
/// the call, what came and what was due; values that are not finite throw DivergedError.
class CheckedModel {
 public:
  /// `contract`: the version that the model's plugin was built for (PluginLibrary::contract()); what came
  /// later is never asked of it.
  CheckedModel(std::shared_ptr<Model> model, std::vector<std::int64_t> sample_shape,
               int contract = RRAEBENCH_CONTRACT_VERSION)
      : model_(std::move(model)), sample_shape_(std::move(sample_shape)), contract_(contract) {}

  Loss loss(const Batch& batch) const;
  void after_step() const { model_->after_step(); }
  void finalise(const NextBatch& samples) const { finalise_model(*model_, samples, contract_); }
  torch::Tensor encode(const torch::Tensor& samples) const;
  torch::Tensor decode(const torch::Tensor& coefficients) const;
  torch::Tensor latent(const torch::Tensor& samples) const;
  std::optional<Posterior> posterior(const torch::Tensor& samples) const;
  std::optional<torch::Tensor> prior(std::int64_t count) const;

  /// The model's own KL divergence to its own prior, N x k or N; nullopt where it gives none. May be
  /// infinite: a posterior far off its prior costs that figure and not the run.
  std::optional<torch::Tensor> kl(const torch::Tensor& samples) const;

  /// Whether KL divergences to N(0, I) are those to the model's prior: it has none of its own, or the first
  /// two moments of its draws are those of N(0, I) but for chance. Leaves no trace in the generators.
  bool has_standard_prior() const;

  /// Answers that are not finite are let through: before training they may be.
  CheckedModel with_any_values() const;

  Model& module() const { return *model_; }

 private:
  torch::Tensor require_rows(const torch::Tensor& tensor, std::int64_t rows, const char* call) const;
  /// Floating point, and finite.
  void require_numbers(const torch::Tensor& tensor, const char* call) const;

  std::shared_ptr<Model> model_;
  std::vector<std::int64_t> sample_shape_;
  int contract_;
  bool any_values_ = false;
};

/// Where the model's parameters are, or else its buffers; the CPU for a model without any.
torch::Device device_of(const Model& model);

}  // namespace rraebench
