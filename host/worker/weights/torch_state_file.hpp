#pragma once
// Implements: the tensors of a file that Python's torch.save wrote of a state_dict or another flat dict of
// tensors, without running anything of it. Source: PyTorch's serialization format since version 1.6 (a zip
// archive of a pickle of protocol 2 and of the storages' bytes).

#include <torch/types.h>

#include <map>
#include <string>

namespace rraebench {

/// Whether these are the first bytes of a zip archive, as such files are.
bool is_torch_file(const std::string& bytes);

/// By name. `file` names it in messages. Throws UserError with one line for anything else: another object
/// than a dict of tensors, tensors that do not lie within their storages, a damaged archive, files of
/// torch.save before 1.6.
std::map<std::string, torch::Tensor> read_torch_state(const std::string& bytes, const std::string& file);

}  // namespace rraebench
