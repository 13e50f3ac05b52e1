#include "host/worker/training/pretrained.hpp"

#include "host/common/errors.hpp"
#include "host/worker/measuring/safetensors.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/training/torch_state_file.hpp"
#include "rraebench/suggest.hpp"

#include <c10/util/StringUtil.h>

#include <map>
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
    if (found->second.sizes() != parameter.value().sizes())
      throw UserError(c10::str(file, ": '", parameter.key(), "' is ", found->second.sizes(),
                               " but the model's is ", parameter.value().sizes(),
                               "; give the options that it was trained with"));
  }
  for (const auto& [name, tensor] : tensors)
    if (!parameters.contains(name) && !buffers.contains(name))
      throw UserError(file + ": '" + name + "' is no parameter or buffer of the model");
  const torch::NoGradGuard no_gradients;
  for (const auto& parameter : parameters) parameter.value().copy_(tensors.at(parameter.key()));
}

}  // namespace rraebench
