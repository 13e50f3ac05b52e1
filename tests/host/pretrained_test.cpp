#include "host/worker/training/pretrained.hpp"

#include "host/common/errors.hpp"
#include "host/worker/weights/safetensors.hpp"
#include "rraebench/fixed_basis.hpp"
#include "rraebench/training_state.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>
#include <torch/serialize.h>

#include <map>
#include <string>

namespace rraebench {
namespace {

using testing::HasSubstr;

class Mapping : public Model {
 public:
  Mapping() {
    layer = register_module("layer", torch::nn::Linear(3, 2));
    fixed = register_buffer("fixed", torch::zeros({2}));
  }
  Loss loss(const Batch& batch) override { return {encode(batch.samples).sum(), {}}; }
  torch::Tensor encode(const torch::Tensor& samples) override { return layer->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }

  torch::nn::Linear layer{nullptr};
  torch::Tensor fixed;
};

class Pretrained : public testing::Test {
 protected:
  std::string safetensors_of(const std::map<std::string, torch::Tensor>& tensors) const {
    std::string bytes;
    write_safetensors(tensors, {}, [&](std::string_view part) { bytes += part; });
    return folder_.write("weights.safetensors", bytes).string();
  }

  std::string fault(const std::map<std::string, torch::Tensor>& tensors) {
    const auto before = model_.layer->weight.clone();
    auto text = complaint_of<UserError>([&] { load_pretrained(model_, safetensors_of(tensors)); });
    EXPECT_TRUE(torch::equal(model_.layer->weight, before));
    return text;
  }

  TemporaryFolder folder_;
  Mapping model_;
  torch::Tensor weight_ = torch::arange(6.0).view({2, 3});
  torch::Tensor bias_ = torch::tensor({7.0F, 8.0F});
};

TEST_F(Pretrained, TakesParametersAndBuffersByName) {
  load_pretrained(model_,
                  safetensors_of({{"layer.weight", weight_}, {"layer.bias", bias_}, {"fixed", bias_}}));
  EXPECT_TRUE(torch::equal(model_.layer->weight, weight_));
  EXPECT_TRUE(torch::equal(model_.layer->bias, bias_));
  EXPECT_TRUE(torch::equal(model_.fixed, bias_)) << "running means, a basis that signs are taken from";
  EXPECT_TRUE(model_.layer->weight.requires_grad());
}

TEST_F(Pretrained, ABasisAndTheStateOfATrainingBeginAnew) {
  class Reduced : public Mapping {
   public:
    Reduced() {
      register_module("frame", std::make_shared<FixedBasis>(3, 2));
      register_module("progress", std::make_shared<TrainingState>())
          ->register_buffer("schedule", torch::zeros({4}));
    }
  } model;
  auto tensors = std::map<std::string, torch::Tensor>{{"layer.weight", weight_}, {"layer.bias", bias_}};
  for (const auto& buffer : model.named_buffers()) tensors[buffer.key()] = torch::ones_like(buffer.value());
  load_pretrained(model, safetensors_of(tensors));
  for (const auto& buffer : model.named_buffers())
    EXPECT_EQ(buffer.value().any().item<bool>(), buffer.key() == "fixed") << buffer.key();
}

TEST_F(Pretrained, ABufferOfAnotherShapeIsAnError) {
  EXPECT_THAT(fault({{"layer.weight", weight_}, {"layer.bias", bias_}, {"fixed", weight_}}),
              HasSubstr("'fixed' is [2, 3] but the model's is [2]"));
}

TEST_F(Pretrained, TakesWhatTorchSaveWrites) {
  c10::Dict<std::string, torch::Tensor> saved;
  saved.insert("layer.weight", weight_.to(torch::kFloat64));
  saved.insert("layer.bias", bias_);
  const auto bytes = torch::pickle_save(saved);
  load_pretrained(model_, folder_.write("weights.pt", std::string(bytes.begin(), bytes.end())).string());
  EXPECT_TRUE(torch::equal(model_.layer->weight, weight_));
}

TEST_F(Pretrained, WithoutAFileNothingIsDone) {
  const auto before = model_.layer->weight.clone();
  load_pretrained(model_, "");
  EXPECT_TRUE(torch::equal(model_.layer->weight, before));
}

TEST_F(Pretrained, SaysWhatDoesNotFit) {
  EXPECT_THAT(fault({{"layer.weight", weight_}, {"layer.biases", bias_}}),
              HasSubstr("has no values for the parameter 'layer.bias': did you mean 'layer.biases'"));
  EXPECT_THAT(fault({{"layer.weight", weight_.t().contiguous()}, {"layer.bias", bias_}}),
              HasSubstr("'layer.weight' is [3, 2] but the model's is [2, 3]"));
  EXPECT_THAT(fault({{"layer.weight", weight_}, {"layer.bias", bias_}, {"other", bias_}}),
              HasSubstr("'other' is no parameter or buffer of the model"));
  EXPECT_THROW(load_pretrained(model_, folder_.write("damaged.pt", "PK\x03\x04 and nothing else").string()),
               UserError);
  EXPECT_THROW(load_pretrained(model_, folder_.write("damaged.safetensors", "no header").string()),
               UserError);
}

}  // namespace
}  // namespace rraebench
