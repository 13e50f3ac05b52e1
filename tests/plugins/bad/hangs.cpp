#include "model.hpp"

#include <chrono>
#include <thread>

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  void finalise(const rraebench::NextBatch& /*samples*/) override {
    while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-hangs", "never comes back from finalise()", "1", "none", kOptions)
