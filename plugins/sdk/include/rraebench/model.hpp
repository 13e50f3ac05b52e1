#pragma once
// Implements: the contract between the host and a model. plugin.hpp says how a model is found.
//
// Shapes in this project: samples N x C x H x W (images) or N x T (curves), latent N x L, coefficients N x k.
// Rows are samples everywhere; the papers write samples as columns.

#include "rraebench/architecture.hpp"
#include "rraebench/options.hpp"
#include "rraebench/torch.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// All that a model may know when it is built. The host seeds LibTorch's generator before it builds.
struct ModelSpec {
  std::vector<std::int64_t> sample_shape;  // {T} or {C, H, W}.
  std::int64_t train_count = 0;            // N: for models with a parameter per training sample.
  Architecture architecture;               // The same for every model of a comparison.
  Options options;                         // Every option the plugin declares, checked, defaults filled in.

  // Since contract 3. New fields stand below all others.

  std::int64_t total_steps = 0;      // Steps of training, fine-tuning included, as far as the budget goes; 0:
                                     // unknown. For annealing that a smaller budget shortens.
  std::int64_t class_count = 0;      // Labels are in [0, class_count); 0: the data have none.
  std::int64_t parameter_count = 0;  // P of Batch::parameters; 0: the data have none.

  // Since contract 4.

  std::int64_t training_steps = 0;  // Of total_steps those before fine-tuning; 0: unknown.
};

/// A batch of training samples.
struct Batch {
  torch::Tensor samples;  // B x sample_shape, float, normalised as the suite says.
  torch::Tensor indices;  // B, int64: place of each sample in the training set, in [0, train_count).

  // Since contract 3. New fields stand below all others.

  // Undefined where the data have none.
  torch::Tensor labels = {};      // B, int64.
  torch::Tensor parameters = {};  // B x P, float: what the samples were made from.
  std::int64_t step = 0;          // Steps that were made before this one, over all stages.
};

/// Each training sample once, in a fixed order; then nullopt.
using NextBatch = std::function<std::optional<Batch>()>;

/// The training objective and what it is made of.
struct Loss {
  torch::Tensor total;                                       // Scalar with a graph.
  std::vector<std::pair<std::string, torch::Tensor>> parts;  // Named detached scalars, for the record.
};

/// The approximate posterior q(z|x) = N(mean, diag exp(log_variance)).
struct Posterior {
  torch::Tensor mean;          // N x k.
  torch::Tensor log_variance;  // N x k.
};

/// Parameters that share a learning rate: the run's, times `learning_rate_scale`.
struct ParameterGroup {
  std::vector<torch::Tensor> parameters;
  double learning_rate_scale = 1.0;
};

/// One autoencoder, used by one thread.
///
/// The host calls: loss() and after_step() many times in training mode, finalise() once, perhaps loss() again
/// (fine-tuning, with what finalise() fixed), then the rest in evaluation mode without gradients.
/// All state lives in registered parameters and buffers, so that saving, loading and moving to a device need
/// no code here; buffers that are of one training alone belong into a TrainingState. Randomness comes from
/// LibTorch's generator alone. Errors are std::exception types.
class __attribute__((visibility("default"))) Model : public torch::nn::Module {
 public:
  /// The scalar to minimise for this batch.
  virtual Loss loss(const Batch& batch) = 0;

  /// Groups that together hold every trainable parameter. Called when training (or fine-tuning) starts.
  virtual std::vector<ParameterGroup> parameter_groups() {
    ParameterGroup all;
    for (const auto& parameter : parameters())
      if (parameter.requires_grad()) all.parameters.push_back(parameter);
    return {all};
  }

  /// After each optimiser step, without gradients: renormalisations and the like.
  virtual void after_step() {}

  /// Fixes what training left open, such as one basis for all samples. Its memory must not grow with the
  /// data.
  virtual void finalise(const NextBatch& /*training_samples*/) {}

  /// Deterministic coefficients: N x sample_shape -> N x k (the posterior's mean where there is a posterior).
  virtual torch::Tensor encode(const torch::Tensor& samples) = 0;

  /// N x k -> N x sample_shape.
  virtual torch::Tensor decode(const torch::Tensor& coefficients) = 0;

  /// What the decoder starts from in training, noise aside: N x sample_shape -> N x L. Its rank is measured.
  virtual torch::Tensor latent(const torch::Tensor& samples) { return encode(samples); }

  /// nullopt for a deterministic model.
  virtual std::optional<Posterior> posterior(const torch::Tensor& /*samples*/) { return std::nullopt; }

  /// `count` x k draws of the model's own prior; nullopt where it has none.
  virtual std::optional<torch::Tensor> prior(std::int64_t /*count*/) { return std::nullopt; }

  // Since contract 2. New functions stand below all others: a plugin built before has nothing in their place.

  /// KL divergence, in nats, of each sample's posterior to the model's own prior: N x sample_shape -> N x k
  /// (of each coefficient) or N. nullopt: the host takes it to N(0, I), and leaves it out where prior() draws
  /// from another. In evaluation mode, without gradients.
  virtual std::optional<torch::Tensor> kl(const torch::Tensor& /*samples*/) { return std::nullopt; }
};

}  // namespace rraebench
