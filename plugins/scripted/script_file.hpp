#pragma once
// Implements: a TorchScript file read into a module, and its methods called with words that a Python author
// knows.

#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace scripted {

/// What a method is given: first by place, under whatever names, then what else it asks for by name.
struct Arguments {
  std::vector<c10::IValue> by_place;
  std::map<std::string, c10::IValue> by_name = {};
};

/// A module of a file. Errors are std::runtime_error of one line that names the file and the method.
class ScriptFile {
 public:
  /// Reads the file at `path`. Throws where it is no TorchScript that this LibTorch reads.
  explicit ScriptFile(const std::string& path);

  torch::jit::Module& module() { return module_; }
  const std::string& name() const { return name_; }  // "my_model.pt"

  bool has(const std::string& method) const;

  /// Throws unless there is a method of this name whose result is of `type` (as Python writes it: "Tensor",
  /// "Dict[str, Tensor]") and that, after its first argument, asks for nothing but `names`. `signature`: how
  /// it would be written.
  void require(const std::string& method, const std::string& type, const std::vector<std::string>& names,
               const std::string& signature) const;

  /// Calls the method with what it asks for. Throws where it wants what is None, or fails itself: then with
  /// the line of the Python source.
  c10::IValue call(const std::string& method, const Arguments& arguments);

  /// "method 'loss' of my_model.pt"
  std::string place(const std::string& method) const;

 private:
  std::string name_;
  torch::jit::Module module_;
};

/// The one line of an error of TorchScript's that says what went wrong, with the place in the Python source
/// where it has one: "mat1 and mat2 shapes cannot be multiplied (my_model.py, line 42)".
std::string script_error_line(const std::string& message);

}  // namespace scripted
