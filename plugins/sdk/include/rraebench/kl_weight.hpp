#pragma once
// Implements: the weight of a KL divergence over the steps of a training.

#include "rraebench/losses.hpp"
#include "rraebench/model.hpp"
#include "rraebench/options.hpp"
#include "rraebench/torch.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace rraebench {

constexpr OptionRule kBetaWarmup = {
    "beta_warmup",
    OptionType::kInteger,
    "0",
    "steps over which beta grows to its value, those before fine-tuning at most; 0: none",
    0,
    1 << 30};

/// Of a model whose loss takes its divergence through KlWeight::weighed().
constexpr OptionRule kBetaRule =
    one_of({"beta_rule", OptionType::kText, "constant",
            "constant, or adaptive: beta times KL exp(-0.1382 error in %), as the authors' code weighs it"},
           "constant|adaptive");

/// False for a model without kBetaRule.
inline bool has_adaptive_beta(const Options& options) {
  const auto rule = options.values().find(kBetaRule.name);
  return rule != options.values().end() && rule->second == "adaptive";
}

/// A divergence as a loss counts it, and as its curve shows it: plain, whatever free bits spare, without
/// gradient.
struct CountedKl {
  torch::Tensor counted;
  torch::Tensor plain;
};

inline CountedKl counted_kl(const torch::Tensor& mean, const torch::Tensor& log_variance, double free_bits) {
  const auto counted = standard_normal_kl(mean, log_variance, free_bits);
  return {counted,
          free_bits == 0.0 ? counted.detach() : standard_normal_kl(mean.detach(), log_variance.detach())};
}

/// The option beta, or, with one of kBetaWarmup, a share of it that grows evenly from 1/warmup in the first
/// step to 1, which a training that is shorter reaches at its end, before fine-tuning. Module state:
/// registered under a model, a training that is taken up again goes on where it was. Source: Bowman et al.
/// 2016, arXiv 1511.06349; kBetaRule: the authors' code of arXiv 2505.09458.
class KlWeight : public torch::nn::Module {
 public:
  explicit KlWeight(const ModelSpec& spec)
      : beta_(spec.options.real("beta")),
        warmup_(spec.options.integer(kBetaWarmup.name)),
        adaptive_(has_adaptive_beta(spec.options)) {
    const auto most = spec.training_steps > 0 ? spec.training_steps : spec.total_steps;
    if (most > 0) warmup_ = std::min(warmup_, most);
    if (warmup_ > 0) steps_ = register_buffer("steps", torch::zeros({}, torch::kInt64));
  }

  double value() const {
    if (warmup_ == 0) return beta_;
    const auto step = steps_.item<std::int64_t>() + 1;
    return beta_ * static_cast<double>(std::min(step, warmup_)) / static_cast<double>(warmup_);
  }

  /// What a loss adds for a divergence `kl` beside a reconstruction error of `error` %, both scalars:
  /// value() * kl. Where kBetaRule is adaptive, the weight is value() * kl * exp(-0.1382 error), and the
  /// gradient goes through it, too.
  torch::Tensor weighed(const torch::Tensor& kl, const torch::Tensor& error) const {
    return value() * (adaptive_ ? kl.square() * (-kAdaptiveRate * error).exp() : kl);
  }

  /// After each optimiser step.
  void step() {
    if (warmup_ > 0) steps_.add_(1);
  }

 private:
  static constexpr double kAdaptiveRate = 0.1382;  // The weight halves with every 5 % of error.

  double beta_;
  std::int64_t warmup_;
  bool adaptive_;
  torch::Tensor steps_;
};

}  // namespace rraebench
