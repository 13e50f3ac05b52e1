#include "model.hpp"

namespace {

/// The likeliest mistake: a layer that is a member and no more.
class Model : public WorkingModel {
 public:
  explicit Model(const rraebench::ModelSpec& spec)
      : WorkingModel(spec), layer_(spec.options.integer("latent"), spec.options.integer("latent")) {}

  torch::Tensor encode(const torch::Tensor& samples) override {
    return layer_->forward(WorkingModel::encode(samples));
  }

 private:
  torch::nn::Linear layer_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-unregistered", "a layer was never registered", "1", "none", kOptions)
