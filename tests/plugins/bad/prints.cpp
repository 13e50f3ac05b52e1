#include "model.hpp"

#include <cstdio>
#include <iostream>

namespace {

class Model : public WorkingModel {
 public:
  using WorkingModel::WorkingModel;
  void finalise(const rraebench::NextBatch& /*samples*/) override {
    std::cout << "{\"event\": \"failed\", \"status\": \"error\", \"message\": \"forged\"}" << std::endl;
    std::printf("not an event\n");
    std::fflush(stdout);
  }
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-prints", "prints to standard output, and works", "1", "none", kOptions)
