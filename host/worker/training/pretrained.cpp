#include "host/worker/training/pretrained.hpp"

#include "host/common/errors.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/weights/safetensors.hpp"
#include "host/worker/weights/torch_state_file.hpp"
#include "rraebench/suggest.hpp"

#include <c10/util/StringUtil.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

std::map<std::string, torch::Tensor> read_tensors(const std::string& file) {
  const auto bytes = read_planned_file(file, "");
  return is_torch_file(bytes) ? read_torch_state(bytes, file) : read_safetensors(bytes, file);
}

/// As many as a line holds.
std::vector<std::string> first_names(const std::map<std::string, torch::Tensor>& tensors) {
  constexpr std::size_t kMostNames = 12;
  std::vector<std::string> names;
  for (const auto& item : tensors)
    if (names.size() < kMostNames) names.push_back(item.first);
  return names;
}

/// "basis.": where modules begin that are of a training alone. A basis is fixed, a KL warmed up and a
/// schedule begun anew; all are known by their type, for plugins are free in their names.
std::vector<std::string> begun_anew(const Model& model) {
  std::vector<std::string> prefixes;
  for (const auto& module : model.named_modules("", /*include_self=*/false))
    if (const auto type = module.value()->name(); type == "rraebench::FixedBasis" ||
                                                  type == "rraebench::KlWeight" ||
                                                  type == "rraebench::TrainingState")
      prefixes.push_back(module.key() + ".");
  return prefixes;
}

void require_shape(const std::string& file, const std::string& name, const torch::Tensor& given,
                   const torch::Tensor& own) {
  if (given.sizes() != own.sizes())
    throw UserError(c10::str(file, ": '", name, "' is ", given.sizes(), " but the model's is ", own.sizes(),
                             "; give the options that it was trained with"));
}

}  // namespace

void load_pretrained(Model& model, const std::string& file) {
  if (file.empty()) return;
  const auto tensors = read_tensors(file);
  const auto parameters = model.named_parameters();
  const auto buffers = model.named_buffers();
  for (const auto& parameter : parameters) {
    const auto found = tensors.find(parameter.key());
    if (found == tensors.end())
      throw UserError(file + ": has no values for the parameter '" + parameter.key() +
                      "': " + suggest_name(parameter.key(), first_names(tensors)));
    require_shape(file, parameter.key(), found->second, parameter.value());
  }
  for (const auto& [name, tensor] : tensors)
    if (!parameters.contains(name) && !buffers.contains(name))
      throw UserError(file + ": '" + name + "' is no parameter or buffer of the model");
  const auto anew = begun_anew(model);
  std::vector<std::pair<torch::Tensor, torch::Tensor>> kept;  // Buffer and its values.
  for (const auto& buffer : buffers) {
    const auto found = tensors.find(buffer.key());
    const bool is_anew = std::any_of(anew.begin(), anew.end(), [&](const std::string& prefix) {
      return buffer.key().compare(0, prefix.size(), prefix) == 0;
    });
    if (found == tensors.end() || is_anew) continue;
    require_shape(file, buffer.key(), found->second, buffer.value());
    kept.emplace_back(buffer.value(), found->second);
  }
  const torch::NoGradGuard no_gradients;
  for (auto& [buffer, values] : kept) buffer.copy_(values);
  for (const auto& parameter : parameters) parameter.value().copy_(tensors.at(parameter.key()));
}

}  // namespace rraebench
