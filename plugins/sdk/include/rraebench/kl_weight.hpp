#pragma once
// Implements: the weight of a KL divergence over the steps of a training.

#include "rraebench/options.hpp"
#include "rraebench/torch.hpp"

#include <algorithm>
#include <cstdint>

namespace rraebench {

constexpr OptionRule kBetaWarmup = {
    "beta_warmup", OptionType::kInteger, "0", "steps over which beta grows to its value; 0: none", 0,
    1 << 30};

/// The option beta, or, with one of kBetaWarmup, a share of it that grows evenly from 1/warmup in the first
/// step to 1. Module state: registered under a model, a training that is taken up again goes on where it was.
/// Source: Bowman et al. 2016, arXiv 1511.06349.
class KlWeight : public torch::nn::Module {
 public:
  explicit KlWeight(const Options& options)
      : beta_(options.real("beta")), warmup_(options.integer(kBetaWarmup.name)) {
    if (warmup_ > 0) steps_ = register_buffer("steps", torch::zeros({}, torch::kInt64));
  }

  double value() const {
    if (warmup_ == 0) return beta_;
    const auto step = steps_.item<std::int64_t>() + 1;
    return beta_ * static_cast<double>(std::min(step, warmup_)) / static_cast<double>(warmup_);
  }

  /// After each optimiser step.
  void step() {
    if (warmup_ > 0) steps_.add_(1);
  }

 private:
  double beta_;
  std::int64_t warmup_;
  torch::Tensor steps_;
};

}  // namespace rraebench
