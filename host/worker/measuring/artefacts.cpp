#include "host/worker/measuring/artefacts.hpp"

#include "host/common/artefact_kinds.hpp"
#include "host/common/events.hpp"
#include "host/common/npz.hpp"
#include "host/common/version.hpp"
#include "host/worker/weights/safetensors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace rraebench {
namespace {

/// "samples-mixture-10.npy"
std::string file_name(const ArtefactRecord& record, const std::string& extension) {
  auto name = record.what;
  for (const auto* part : {&record.variant, &record.split})
    if (!part->empty()) name += "-" + *part;
  std::replace(name.begin(), name.end(), ':', '-');
  return name + extension;
}

ArtefactRecord named(ArtefactRecord record, const std::string& extension) {
  record.path = file_name(record, extension);
  return record;
}

}  // namespace

ArtefactFile::ArtefactFile(const std::filesystem::path& folder, ArtefactRecord record,
                           const std::string& extension)
    : record_(named(std::move(record), extension)), file_(folder / record_.path) {}

void ArtefactFile::append(std::string_view bytes) {
  file_.append(bytes);
  hash_.update(bytes.data(), bytes.size());
  record_.bytes += static_cast<std::int64_t>(bytes.size());
}

ArtefactRecord ArtefactFile::finish() {
  file_.commit();
  record_.sha256 = hash_.hex();
  return record_;
}

ArrayFile::ArrayFile(const std::filesystem::path& folder, ArtefactRecord record,
                     std::vector<std::int64_t> shape)
    : shape_(std::move(shape)), file_(folder, std::move(record), ".npy") {}

void ArrayFile::append(const torch::Tensor& rows) {
  if (rows_ == 0) {
    type_ = rows.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
    file_.append(npy_header(type_ == torch::kFloat64 ? "<f8" : "<f4", shape_));
  }
  const auto values = rows.detach().to(torch::kCPU, type_).contiguous();
  rows_ += values.size(0);
  file_.append({static_cast<const char*>(values.data_ptr()), values.nbytes()});
}

ArtefactRecord ArrayFile::finish() {
  if (rows_ != shape_.front())
    throw std::logic_error(file_.name() + ": " + std::to_string(rows_) + " rows came, " +
                           std::to_string(shape_.front()) + " were announced");
  auto record = file_.finish();
  record.shape = shape_;
  return record;
}

Artefacts::Artefacts(std::vector<std::string> wanted, std::filesystem::path folder,
                     std::function<void(const nlohmann::json&)> emit)
    : wanted_(std::move(wanted)), folder_(std::move(folder)), emit_(std::move(emit)) {}

bool Artefacts::wants(const std::string& what) const {
  return std::find(wanted_.begin(), wanted_.end(), what) != wanted_.end();
}

std::unique_ptr<ArrayFile> Artefacts::begin(const std::string& what, const std::string& variant,
                                            const std::string& split, std::vector<std::int64_t> shape) const {
  if (!wants(what)) return nullptr;
  return std::make_unique<ArrayFile>(folder_, ArtefactRecord{what, variant, split, "", "", {}, 0},
                                     std::move(shape));
}

void Artefacts::finish(std::unique_ptr<ArrayFile> file) const {
  if (file != nullptr) emit_(event_of(file->finish()));
}

void Artefacts::keep(const std::string& what, const std::string& variant, const std::string& split,
                     const torch::Tensor& values) const {
  auto file = begin(what, variant, split, values.sizes().vec());
  if (file == nullptr) return;
  file->append(values);
  finish(std::move(file));
}

void Artefacts::keep_weights(const Model& model) const {
  if (!wants(kWeights)) return;
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& entry : model.named_parameters()) tensors[entry.key()] = entry.value();
  for (const auto& entry : model.named_buffers())
    if (entry.value().defined()) tensors[entry.key()] = entry.value();
  ArtefactFile file(folder_, {kWeights, "", "", "", "", {}, 0}, ".safetensors");
  write_safetensors(tensors, {{"format", "pt"}, {"rraebench", program_version()}},
                    [&](std::string_view bytes) { file.append(bytes); });
  emit_(event_of(file.finish()));
}

}  // namespace rraebench
