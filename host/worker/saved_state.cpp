#include "host/worker/saved_state.hpp"

namespace rraebench {

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

}  // namespace rraebench
