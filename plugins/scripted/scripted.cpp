// A model written in PyTorch: a TorchScript module trained as any other model. README.md says what it must
// have.

#include "rraebench/plugin.hpp"
#include "script_file.hpp"
#include "script_state.hpp"

#include <c10/util/StringUtil.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using rraebench::OptionType;
using scripted::Arguments;

constexpr rraebench::OptionRule kOptions[] = {
    {"file", OptionType::kFile, nullptr,
     "TorchScript module, as torch.jit.script(model).save(...) writes it"},
};

/// What loss() may ask for by name after its samples.
const std::vector<std::string> kOfBatch = {"indices", "labels", "parameters", "step", "total_steps"};

c10::IValue or_none(const torch::Tensor& tensor) {
  return tensor.defined() ? c10::IValue(tensor) : c10::IValue();
}

class Scripted : public rraebench::Model {
 public:
  explicit Scripted(const rraebench::ModelSpec& spec)
      : script_(spec.options.text("file")), total_steps_(spec.total_steps) {
    require_methods();
    if (script_.has("reset_parameters")) {
      // The host has seeded LibTorch's generator: the seed is drawn from it, and so may the weights be.
      const auto seed = torch::randint(std::numeric_limits<std::int32_t>::max(), {1}, torch::kInt64);
      const torch::NoGradGuard no_gradients;
      script_.call("reset_parameters", {{seed.item<std::int64_t>()}});
    }
    state_ = scripted::ScriptState(*this, script_.module());
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    state_.take_up_assigned();
    const auto result = script_.call("loss", arguments_of(batch)).toGenericDict();
    const auto total = result.find("total");
    if (total == result.end()) throw std::runtime_error(loss_words() + names_of(result));
    rraebench::Loss loss{total->value().toTensor(), {}};
    for (const auto& entry : result)
      if (const auto& name = entry.key().toStringRef(); name != "total")
        loss.parts.emplace_back(name, entry.value().toTensor().detach());
    return loss;
  }

  void after_step() override {
    state_.take_up_assigned();
    if (!script_.has("after_step")) return;
    script_.call("after_step", {});
    state_.take_up_assigned();
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    state_.take_up_assigned();
    if (!script_.has("finalise")) return;
    bool first = true;
    for (auto batch = training_samples(); batch;) {
      auto next = training_samples();
      auto arguments = arguments_of(*batch);
      arguments.by_name["first"] = first;
      arguments.by_name["last"] = !next.has_value();
      script_.call("finalise", arguments);
      first = false;
      batch = std::move(next);
    }
    state_.take_up_assigned();
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return answer("encode", samples); }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    state_.take_up_assigned();
    return script_.call("decode", {{coefficients}}).toTensor();
  }

  torch::Tensor latent(const torch::Tensor& samples) override {
    return script_.has("latent") ? answer("latent", samples) : encode(samples);
  }

  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    if (!script_.has("posterior")) return std::nullopt;
    state_.take_up_assigned();
    const auto pair = script_.call("posterior", {{samples}}).toTuple();
    return rraebench::Posterior{pair->elements()[0].toTensor(), pair->elements()[1].toTensor()};
  }

  std::optional<torch::Tensor> prior(std::int64_t count) override {
    if (!script_.has("prior")) return std::nullopt;
    state_.take_up_assigned();
    return script_.call("prior", {{count}}).toTensor();
  }

  std::optional<torch::Tensor> kl(const torch::Tensor& samples) override {
    if (!script_.has("kl")) return std::nullopt;
    return answer("kl", samples);
  }

  void train(bool on = true) override {
    Model::train(on);
    script_.module().train(on);
  }

 private:
  void require_methods() const {
    script_.require("loss", "Dict[str, Tensor]", kOfBatch,
                    "loss(self, samples, indices) -> Dict[str, Tensor]");
    script_.require("encode", "Tensor", {}, "encode(self, samples) -> Tensor");
    script_.require("decode", "Tensor", {}, "decode(self, coefficients) -> Tensor");
    const auto where_it_has = [&](const std::string& method, const std::string& type,
                                  const std::string& signature, const std::vector<std::string>& names = {}) {
      if (script_.has(method)) script_.require(method, type, names, signature);
    };
    where_it_has("latent", "Tensor", "latent(self, samples) -> Tensor");
    where_it_has("kl", "Tensor", "kl(self, samples) -> Tensor");
    where_it_has("posterior", "Tuple[Tensor, Tensor]", "posterior(self, samples) -> Tuple[Tensor, Tensor]");
    where_it_has("prior", "Tensor", "prior(self, count: int) -> Tensor");
    where_it_has("after_step", "NoneType", "after_step(self) -> None");
    where_it_has("reset_parameters", "NoneType", "reset_parameters(self, seed: int) -> None");
    auto of_finalise = kOfBatch;
    of_finalise.insert(of_finalise.end(), {"first", "last"});
    where_it_has("finalise", "NoneType", "finalise(self, samples, first: bool, last: bool) -> None",
                 of_finalise);
  }

  Arguments arguments_of(const rraebench::Batch& batch) const {
    return {{batch.samples},
            {{"indices", batch.indices},
             {"labels", or_none(batch.labels)},
             {"parameters", or_none(batch.parameters)},
             {"step", batch.step},
             {"total_steps", total_steps_}}};
  }

  torch::Tensor answer(const std::string& method, const torch::Tensor& samples) {
    state_.take_up_assigned();
    return script_.call(method, {{samples}}).toTensor();
  }

  std::string loss_words() const {
    return script_.place("loss") + " must return Dict[str, Tensor] with the key 'total', got ";
  }

  static std::string names_of(const c10::impl::GenericDict& parts) {
    std::vector<std::string> names;
    for (const auto& entry : parts) names.push_back("'" + entry.key().toStringRef() + "'");
    return names.empty() ? "an empty one" : c10::str("the keys ", c10::Join(", ", names));
  }

  scripted::ScriptFile script_;
  scripted::ScriptState state_;
  std::int64_t total_steps_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Scripted, "scripted", "a model written in PyTorch: any TorchScript module", "1",
                        "the module's own", kOptions)
