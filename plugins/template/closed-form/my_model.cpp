// my-model: what it is, and which paper and equation it follows. It begins as principal components: a model
// with nothing to train, which finalise() fits to all training samples.

#include "rraebench/losses.hpp"
#include "rraebench/plugin.hpp"

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "4", "number of components", 1, 4096}};

class MyModel : public rraebench::Model {
 public:
  explicit MyModel(const rraebench::ModelSpec& spec)
      : sample_shape_(spec.sample_shape), latent_(spec.options.integer("latent")) {
    const auto size = c10::multiply_integers(sample_shape_);
    mean_ = register_buffer("mean", torch::zeros({size}));
    basis_ = register_buffer("basis", torch::eye(size, latent_));
  }

  /// Without a graph: nothing is trained, and no step is taken.
  rraebench::Loss loss(const rraebench::Batch& batch) override {
    return {rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples), {}};
  }

  /// Sees every training sample once, a batch at a time.
  void finalise(const rraebench::NextBatch& next) override {
    const auto size = mean_.size(0);
    auto sum = torch::zeros({size}, torch::kFloat64);
    auto squares = torch::zeros({size, size}, torch::kFloat64);
    std::int64_t count = 0;
    while (const auto batch = next()) {
      const auto rows = batch->samples.flatten(1).to(torch::kCPU, torch::kFloat64);
      sum += rows.sum(0);
      squares += rows.t().matmul(rows);
      count += rows.size(0);
    }
    const auto mean = sum / count;
    const auto covariance = squares / count - torch::outer(mean, mean);
    // Ascending: the last columns are the leading components.
    const auto components = std::get<1>(torch::linalg_eigh(covariance)).slice(1, size - latent_).flip({1});
    mean_.copy_(mean);
    basis_.copy_(components);
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return (samples.flatten(1) - mean_).matmul(basis_);
  }
  torch::Tensor decode(const torch::Tensor& coefficients) override {
    auto shape = sample_shape_;
    shape.insert(shape.begin(), coefficients.size(0));
    return (coefficients.matmul(basis_.t()) + mean_).view(shape);
  }

 private:
  std::vector<std::int64_t> sample_shape_;
  std::int64_t latent_;
  torch::Tensor mean_;
  torch::Tensor basis_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(MyModel, "my-model", "one line on what it is", "1", "paper or URL", kOptions)
