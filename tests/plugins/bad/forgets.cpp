#include "model.hpp"

namespace {

/// Draws a shift that no file would carry.
class Model : public WorkingModel {
 public:
  explicit Model(const rraebench::ModelSpec& spec)
      : WorkingModel(spec), shift_(torch::rand({}).item<double>()) {}

  torch::Tensor encode(const torch::Tensor& samples) override {
    return WorkingModel::encode(samples) + shift_;
  }

 private:
  double shift_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-forgets", "keeps state that is not saved", "1", "none", kOptions)
