#include "host/worker/weights/safetensors.hpp"

#include "host/common/errors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are written as they lie in memory");

constexpr const char* kRemarks = "__metadata__";
constexpr std::pair<torch::ScalarType, const char*> kTypes[] = {
    {torch::kFloat64, "F64"}, {torch::kFloat32, "F32"}, {torch::kFloat16, "F16"}, {torch::kBFloat16, "BF16"},
    {torch::kInt64, "I64"},   {torch::kInt32, "I32"},   {torch::kInt16, "I16"},   {torch::kInt8, "I8"},
    {torch::kUInt8, "U8"},    {torch::kBool, "BOOL"}};

const char* type_name(const std::string& name, torch::ScalarType type) {
  for (const auto& [known, text] : kTypes)
    if (known == type) return text;
  throw std::invalid_argument(
      "'" + name + "' holds values of a type that no safetensors file has: " + c10::toString(type));
}

torch::ScalarType type_of(const std::string& wanted) {
  for (const auto& [type, text] : kTypes)
    if (wanted == text) return type;
  throw std::invalid_argument("holds values of type '" + wanted + "', which is not known");
}

[[noreturn]] void fail_as_broken() {
  throw std::invalid_argument("is no safetensors file, or a damaged one");
}

std::vector<std::uint64_t> whole_numbers(const nlohmann::json& list) {
  std::vector<std::uint64_t> numbers;
  if (!list.is_array()) fail_as_broken();
  for (const auto& number : list) {
    if (!number.is_number_unsigned()) fail_as_broken();
    numbers.push_back(number.get<std::uint64_t>());
  }
  return numbers;
}

/// Of one entry; what its header says is checked before memory is asked for.
torch::Tensor read_tensor(const nlohmann::json& entry, std::string_view data) {
  const auto shape = whole_numbers(entry.at("shape"));
  const auto place = whole_numbers(entry.at("data_offsets"));
  const auto type = type_of(entry.at("dtype").get<std::string>());
  if (place.size() != 2 || place[0] > place[1] || place[1] > data.size()) fail_as_broken();
  const auto size = place[1] - place[0];
  std::uint64_t wanted = c10::elementSize(type);
  std::vector<std::int64_t> sizes;
  for (const auto extent : shape) {
    if (extent > data.size() || (extent != 0 && wanted > data.size() / extent)) fail_as_broken();
    wanted *= extent;
    sizes.push_back(static_cast<std::int64_t>(extent));
  }
  if (wanted != size) fail_as_broken();
  auto tensor = torch::empty(sizes, type);
  std::copy_n(data.data() + place[0], size, static_cast<char*>(tensor.data_ptr()));
  return tensor;
}

std::map<std::string, torch::Tensor> read_tensors(std::string_view bytes) {
  std::uint64_t size = 0;
  if (bytes.size() < sizeof size) fail_as_broken();
  std::copy_n(bytes.data(), sizeof size, reinterpret_cast<char*>(&size));
  bytes.remove_prefix(sizeof size);
  if (size > bytes.size()) fail_as_broken();
  const auto header = nlohmann::json::parse(bytes.substr(0, size), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) fail_as_broken();
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& [name, entry] : header.items())
    if (name != kRemarks) tensors[name] = read_tensor(entry, bytes.substr(size));
  return tensors;
}

}  // namespace

void write_safetensors(const std::map<std::string, torch::Tensor>& tensors,
                       const std::map<std::string, std::string>& remarks,
                       const std::function<void(std::string_view)>& write) {
  auto header = nlohmann::json::object();
  if (!remarks.empty()) header[kRemarks] = remarks;
  std::uint64_t end = 0;
  for (const auto& [name, tensor] : tensors) {
    const auto begin = std::exchange(end, end + tensor.nbytes());
    header[name] = {{"dtype", type_name(name, tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {begin, end}}};
  }
  auto text = header.dump();
  constexpr std::size_t kAlignment = 8;
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  std::string size;
  for (std::size_t byte = 0; byte < kAlignment; ++byte)
    size.push_back(static_cast<char>(static_cast<std::uint64_t>(text.size()) >> (8 * byte) & 0xff));
  write(size + text);
  for (const auto& [name, tensor] : tensors) {
    const auto values = tensor.detach().cpu().contiguous();
    write({static_cast<const char*>(values.data_ptr()), values.nbytes()});
  }
}

std::map<std::string, torch::Tensor> read_safetensors(std::string_view bytes, const std::string& file) {
  try {
    return read_tensors(bytes);
  } catch (const nlohmann::json::exception&) {
    throw UserError(file + ": is no safetensors file, or a damaged one");
  } catch (const std::invalid_argument& error) {
    throw UserError(file + ": " + error.what());
  }
}

}  // namespace rraebench
