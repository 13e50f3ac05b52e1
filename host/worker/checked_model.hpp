#pragma once
// Implements: a model whose answers are checked, so that a faulty plugin fails with a sentence instead of a
// wrong figure. Everything in the worker talks to models through this.

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

/// A model together with the shape of its samples. Answers of a wrong shape throw std::runtime_error naming
/// the call, what came and what was due; values that are not finite throw DivergedError.
class CheckedModel {
 public:
  CheckedModel(std::shared_ptr<Model> model, std::vector<std::int64_t> sample_shape)
      : model_(std::move(model)), sample_shape_(std::move(sample_shape)) {}

  Loss loss(const Batch& batch) const;
  void after_step() const { model_->after_step(); }
  void finalise(const NextBatch& samples) const { model_->finalise(samples); }
  torch::Tensor encode(const torch::Tensor& samples) const;
  torch::Tensor decode(const torch::Tensor& coefficients) const;
  torch::Tensor latent(const torch::Tensor& samples) const;
  std::optional<Posterior> posterior(const torch::Tensor& samples) const;
  std::optional<torch::Tensor> prior(std::int64_t count) const;

  Model& module() const { return *model_; }

 private:
  std::shared_ptr<Model> model_;
  std::vector<std::int64_t> sample_shape_;
};

}  // namespace rraebench
