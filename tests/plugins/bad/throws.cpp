#include "model.hpp"

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  rraebench::Loss loss(const rraebench::Batch& /*batch*/) override {
    throw std::runtime_error("this model refuses to learn");
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-throws", "throws in loss()", "1", "none", kOptions)
