#include "model.hpp"

#include <vector>

namespace {

constexpr rraebench::OptionRule kCarelessOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64},
    {"rate", rraebench::OptionType::kReal, "1", "", 0}};

/// Answers with the right shapes, and keeps no other promise of the contract.
class Model : public WorkingModel {
 public:
  explicit Model(const rraebench::ModelSpec& spec) : WorkingModel(spec) {
    idle_ = register_parameter("idle", torch::ones({3}));
  }

  std::vector<rraebench::ParameterGroup> parameter_groups() override { return {}; }

  /// Half of what decode(encode()) errs by, with twice its gradient.
  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = WorkingModel::loss(batch).total;
    return {error - 0.5 * error.detach() + 0.0 * error + 1e-5 * steps_, {}};
  }

  void after_step() override { ++steps_; }

  torch::Tensor encode(const torch::Tensor& samples) override {
    const auto coefficients = WorkingModel::encode(samples);
    return torch::GradMode::is_enabled() ? coefficients : coefficients + shift_ + 0.1 * torch::rand({1});
  }

  void finalise(const rraebench::NextBatch& samples) override {
    while (const auto batch = samples()) kept_.push_back(batch->samples.clone());
    shift_ += 1.0;
  }

 private:
  torch::Tensor idle_;
  double shift_ = 0.0;  // State that is neither parameter nor buffer,
  int steps_ = 0;       // and more of it.
  std::vector<torch::Tensor> kept_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-promises", "keeps no promise but the shapes", "1", "none",
                        kCarelessOptions)
