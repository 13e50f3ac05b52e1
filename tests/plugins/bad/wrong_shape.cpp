#include "model.hpp"

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  torch::Tensor decode(const torch::Tensor& coefficients) override {
    const auto samples = WorkingModel::decode(coefficients);
    return is_training() ? samples : samples.flatten().unsqueeze(0);
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-wrong-shape", "decodes to a wrong shape", "1", "none", kOptions)
