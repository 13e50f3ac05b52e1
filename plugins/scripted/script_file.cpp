#include "script_file.hpp"

#include "fast_convolutions.hpp"
#include "rraebench/suggest.hpp"

#include <c10/core/Device.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace scripted {
namespace {

constexpr std::size_t kFirstArgument = 1;  // After self.

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  if (stream.bad() || !stream.is_open()) throw std::runtime_error(path + ": cannot be read");
  return bytes;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string message_of(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  return torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
}

/// Whether the archive is one that torch.save() wrote: weights, and no code.
bool is_pickle_of_weights(const std::string& bytes) {
  const bool is_whole = bytes.rfind("PK\5\6") != std::string::npos;  // The end of a ZIP archive.
  return is_whole && bytes.find("/data.pkl") != std::string::npos &&
         bytes.find("/constants.pkl") == std::string::npos;
}

torch::jit::Module load(const std::string& path) {
  const auto name = file_name(path);
  const auto bytes = read_bytes(path);
  const std::string remedy = "; write it by torch.jit.script(model).save(\"" + name + "\")";
  if (is_pickle_of_weights(bytes))
    throw std::runtime_error(
        name + " holds weights without the code of a module, as torch.save() writes them" + remedy);
  try {
    std::istringstream stream(bytes);
    return torch::jit::load(stream, c10::kCPU);
  } catch (const std::exception& error) {
    throw std::runtime_error(name + " is no TorchScript module that LibTorch " TORCH_VERSION " reads (" +
                             first_line(message_of(error)) + ")" + remedy);
  } catch (...) {
    throw std::runtime_error(name + " is no TorchScript module that LibTorch " TORCH_VERSION " reads" +
                             remedy);
  }
}

}  // namespace

std::string script_error_line(const std::string& message) {
  // "...\nTraceback of TorchScript, original code (most recent call last):\n  File "x.py", line 3, in
  // loss\n...
  //  RuntimeError: what"; where Python's source is not known only the serialized code is named.
  static const std::regex kSource("File \"([^\"]+\\.py)\", line ([0-9]+)");
  std::string place;
  for (auto found = std::sregex_iterator(message.begin(), message.end(), kSource);
       found != std::sregex_iterator(); ++found)
    if (const auto file = (*found)[1].str(); file.rfind("code/", 0) != 0)
      place = " (" + file_name(file) + ", line " + (*found)[2].str() + ")";
  static const std::regex kError("(?:^|\n)(?:[A-Za-z_.]*(?:Error|Exception|Warning)): ([^\n]*)");
  std::string what;
  for (auto found = std::sregex_iterator(message.begin(), message.end(), kError);
       found != std::sregex_iterator(); ++found)
    what = (*found)[1].str();
  if (what.empty()) what = first_line(message);
  return what + place;
}

ScriptFile::ScriptFile(const std::string& path) : name_(file_name(path)), module_(load(path)) {
  use_fast_convolutions(module_);
  // The other executor recompiles by what it has seen so far: a run that goes on from a checkpoint would
  // round otherwise than one that was never cut off.
  torch::jit::getExecutorMode() = false;
}

std::string ScriptFile::place(const std::string& method) const {
  return "method '" + method + "' of " + name_;
}

bool ScriptFile::has(const std::string& method) const {
  return module_.find_method(method).has_value();
}

void ScriptFile::require(const std::string& method, const std::string& type,
                         const std::vector<std::string>& names, const std::string& signature) const {
  const auto how = "; write 'def " + signature + "'";
  const auto found = module_.find_method(method);
  if (!found)
    throw std::runtime_error(name_ + " has no method '" + method + "'" + how +
                             " and mark it with @torch.jit.export");
  const auto& schema = found->function().getSchema();
  if (const auto own = schema.returns().at(0).type()->annotation_str(); own != type)
    throw std::runtime_error(place(method) + " must return " + type + ", got " + own + how);
  for (std::size_t i = kFirstArgument + 1; i < schema.arguments().size(); ++i) {
    const auto& argument = schema.arguments()[i];
    if (argument.default_value() || std::find(names.begin(), names.end(), argument.name()) != names.end())
      continue;
    throw std::runtime_error(place(method) + " asks for '" + argument.name() + "', which it is not given" +
                             (names.empty() ? how : "; known: " + rraebench::join_names(names)));
  }
}

c10::IValue ScriptFile::call(const std::string& method, const Arguments& arguments) {
  auto function = module_.get_method(method);
  const auto& taken = function.function().getSchema().arguments();
  std::vector<c10::IValue> by_place = arguments.by_place;
  by_place.resize(std::min(by_place.size(), taken.size() - kFirstArgument));
  torch::jit::Kwargs by_name;
  for (std::size_t i = kFirstArgument + by_place.size(); i < taken.size(); ++i) {
    const auto& name = taken[i].name();
    const auto found = arguments.by_name.find(name);
    if (found == arguments.by_name.end()) continue;
    const bool takes_none = taken[i].type()->kind() == c10::TypeKind::OptionalType;
    if (found->second.isNone() && !takes_none)
      throw std::runtime_error(place(method) + " asks for '" + name + "', which the data have not; write '" +
                               name + ": Optional[Tensor]' to do without");
    by_name[name] = found->second;
  }
  try {
    return function(std::move(by_place), by_name);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw std::runtime_error(place(method) + ": " + script_error_line(message_of(error)));
  }
}

}  // namespace scripted
