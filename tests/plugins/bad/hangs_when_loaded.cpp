#include "model.hpp"

#include <chrono>
#include <thread>

namespace {

const bool loaded = [] {
  while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
  return true;
}();

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  bool was_loaded() const { return loaded; }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-hangs-when-loaded", "never lets itself be loaded", "1", "none", kOptions)
