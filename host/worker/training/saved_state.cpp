#include "host/worker/training/saved_state.hpp"

#include "host/worker/training/checkpoint_file.hpp"

#include <set>
#include <stdexcept>

namespace rraebench {
namespace {

/// Writes as Module::save() does, which loads also what a model has only once it is finalised.
class TensorArchive {
 public:
  explicit TensorArchive(const std::map<std::string, torch::Tensor>& tensors) : tensors_(tensors) {}

  void write(const torch::nn::Module& module, const std::string& place,
             torch::serialize::OutputArchive& archive) {
    for (const auto& parameter : module.named_parameters(/*recurse=*/false))
      archive.write(parameter.key(), take(place + parameter.key(), parameter.value()));
    for (const auto& buffer : module.named_buffers(/*recurse=*/false))
      archive.write(buffer.key(), take(place + buffer.key(), buffer.value()), /*is_buffer=*/true);
    for (const auto& child : module.named_children()) {
      if (!child.value()->is_serializable()) continue;
      torch::serialize::OutputArchive inner(archive.compilation_unit());
      write(*child.value(), place + child.key() + ".", inner);
      archive.write(child.key(), inner);
    }
  }

  void require_all_taken() const {
    for (const auto& [name, tensor] : tensors_)
      if (taken_.count(name) == 0)
        throw std::invalid_argument("holds '" + name + "', which the model has not");
  }

 private:
  torch::Tensor take(const std::string& name, const torch::Tensor& own) {
    const auto found = tensors_.find(name);
    taken_.insert(name);
    if (found != tensors_.end()) return found->second;
    if (!own.defined()) return own;
    throw std::invalid_argument("lacks '" + name + "', which the model has");
  }

  const std::map<std::string, torch::Tensor>& tensors_;
  std::set<std::string> taken_;
};

}  // namespace

std::string saved_state(const Model& model) {
  torch::serialize::OutputArchive archive;
  model.save(archive);
  std::size_t size = 0;
  for (const auto& tensor : model.parameters()) size += tensor.nbytes();
  for (const auto& tensor : model.buffers()) size += tensor.nbytes();
  std::string bytes;
  constexpr double kWithNames = 1.05;  // Reserved at once: a string that grows would hold its bytes twice.
  bytes.reserve(static_cast<std::size_t>(kWithNames * static_cast<double>(size)) + (std::size_t{1} << 16));
  archive.save_to([&](const void* data, std::size_t count) {
    bytes.append(static_cast<const char*>(data), count);
    return count;
  });
  return bytes;
}

void load_state(Model& model, const std::string& state, torch::Device device) {
  torch::serialize::InputArchive archive;
  archive.load_from(state.data(), state.size(), device);
  model.load(archive);
}

void load_tensors(Model& model, const std::map<std::string, torch::Tensor>& tensors, torch::Device device) {
  torch::serialize::OutputArchive archive;
  TensorArchive writer(tensors);
  writer.write(model, "", archive);
  writer.require_all_taken();
  load_state(model, archive_bytes(archive), device);
}

}  // namespace rraebench
