#include "model.hpp"

namespace {

/// Seeds the generator itself, so that all seeds of a suite give one model.
class Model : public WorkingModel {
 public:
  explicit Model(const rraebench::ModelSpec& spec) : WorkingModel(seeded(spec)) {}

 private:
  static const rraebench::ModelSpec& seeded(const rraebench::ModelSpec& spec) {
    torch::manual_seed(42);
    return spec;
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-seeds-itself", "seeds the generator itself", "1", "none", kOptions)
