#include "model.hpp"

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  rraebench::Loss loss(const rraebench::Batch& batch) override {
    auto loss = WorkingModel::loss(batch);
    loss.total = loss.total * std::numeric_limits<double>::quiet_NaN();
    return loss;
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-nan", "its loss is not a number", "1", "none", kOptions)
