#include "host/program/commands/plugin_names.hpp"

#include "host/common/errors.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace rraebench {
namespace {

constexpr std::size_t kLongestName = 64;

// Of C++20 and before, with the alternative tokens and what is special to the preprocessor.
constexpr std::string_view kCppWords[] = {"alignas",       "alignof",      "and",
                                          "and_eq",        "asm",          "auto",
                                          "bitand",        "bitor",        "bool",
                                          "break",         "case",         "catch",
                                          "char",          "char16_t",     "char32_t",
                                          "char8_t",       "class",        "co_await",
                                          "co_return",     "co_yield",     "compl",
                                          "concept",       "const",        "const_cast",
                                          "consteval",     "constexpr",    "constinit",
                                          "continue",      "decltype",     "default",
                                          "defined",       "delete",       "do",
                                          "double",        "dynamic_cast", "else",
                                          "enum",          "explicit",     "export",
                                          "extern",        "false",        "final",
                                          "float",         "for",          "friend",
                                          "goto",          "if",           "import",
                                          "inline",        "int",          "long",
                                          "main",          "module",       "mutable",
                                          "namespace",     "new",          "noexcept",
                                          "not",           "not_eq",       "nullptr",
                                          "operator",      "or",           "or_eq",
                                          "override",      "private",      "protected",
                                          "public",        "register",     "reinterpret_cast",
                                          "requires",      "return",       "short",
                                          "signed",        "sizeof",       "static",
                                          "static_assert", "static_cast",  "std",
                                          "struct",        "switch",       "template",
                                          "this",          "thread_local", "throw",
                                          "true",          "try",          "typedef",
                                          "typeid",        "typename",     "union",
                                          "unsigned",      "using",        "virtual",
                                          "void",          "volatile",     "wchar_t",
                                          "while",         "xor",          "xor_eq"};

// Targets that CMake or its generators make themselves, and those that find_package(rraebench) brings.
constexpr std::string_view kTargets[] = {"all",
                                         "build",
                                         "c10",
                                         "clean",
                                         "codegen",
                                         "continuous",
                                         "cuda",
                                         "default",
                                         "default_target",
                                         "depend",
                                         "edit_cache",
                                         "experimental",
                                         "gtest",
                                         "help",
                                         "install",
                                         "list_install_components",
                                         "nightly",
                                         "package",
                                         "package_source",
                                         "preinstall",
                                         "rebuild_cache",
                                         "run_tests",
                                         "test",
                                         "torch",
                                         "torch_cpu",
                                         "torch_cuda",
                                         "torch_library",
                                         "torch_python",
                                         "uninstall"};

// Beside which the template's class would not be told from the SDK's.
constexpr std::string_view kSdkTypes[] = {"Batch", "Loss", "Model", "ModelSpec", "OptionRule", "OptionType"};

template <std::size_t kSize>
bool is_among(const std::string_view (&words)[kSize], const std::string& word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool has_good_form(const std::string& name) {
  bool good = !name.empty() && name.size() <= kLongestName && name.back() != '-';
  char before = '-';
  for (const char c : name) {
    const bool letter = c >= 'a' && c <= 'z';
    const bool later = (c >= '0' && c <= '9') || c == '-';
    good = good && (letter || (later && before != '-'));
    before = c;
  }
  return good;
}

}  // namespace

std::string plugin_file_name(const std::string& name) {
  auto file = name;
  std::replace(file.begin(), file.end(), '-', '_');
  return file;
}

std::string plugin_class_name(const std::string& name) {
  std::string camel;
  bool starts_word = true;
  for (const char c : name) {
    if (c != '-') camel += starts_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    starts_word = c == '-';
  }
  return camel;
}

void check_plugin_name(const std::string& name) {
  if (!has_good_form(name))
    throw UserError(
        "the name '" + name +
        "' must be lower-case words with dashes between, such as my-model, of 64 letters at most");
  const auto refuse = [&](const std::string& why) {
    throw UserError("the name '" + name + "' " + why + "; choose another, such as my-" + name);
  };
  if (is_among(kCppWords, plugin_file_name(name))) refuse("is a word of C++");
  if (is_among(kTargets, plugin_file_name(name))) refuse("is a target of CMake's or LibTorch's own");
  if (name.rfind("rraebench", 0) == 0) refuse("begins as this program's own do");
  if (is_among(kSdkTypes, plugin_class_name(name)))
    refuse("gives a class " + plugin_class_name(name) + ", which the SDK has");
}

}  // namespace rraebench
