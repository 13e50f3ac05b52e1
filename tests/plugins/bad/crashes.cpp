#include "model.hpp"

#include <csignal>

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  torch::Tensor encode(const torch::Tensor& samples) override {
    if (!is_training()) std::raise(SIGSEGV);
    return WorkingModel::encode(samples);
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-crashes", "crashes after training", "1", "none", kOptions)
