#include "model.hpp"

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto coefficients = encode(samples);
    return rraebench::Posterior{1.1 * coefficients, torch::zeros_like(coefficients)};
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-other-mean", "its posterior's mean is not what encode() gives", "1",
                        "none", kOptions)
