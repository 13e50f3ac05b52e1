#include "host/worker/torch_errors.hpp"

#include <c10/util/Exception.h>
#include <c10/util/Type.h>

#include <algorithm>
#include <cxxabi.h>
#include <new>

namespace rraebench {
namespace {

constexpr std::size_t kLongestSentence = 2000;

}  // namespace

std::string sentence_of(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  const std::string text = torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
  const auto start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(start, std::min(text.find('\n', start) - start, kLongestSentence));
}

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  const std::string text = error.what();
  return text.find("can't allocate memory") != std::string::npos ||
         text.find("out of memory") != std::string::npos;
}

std::string sentence_of_unknown() {
  const auto* type = abi::__cxa_current_exception_type();
  return "threw " + (type == nullptr ? std::string("something") : c10::demangle(type->name())) +
         ", which is no std::exception";
}

}  // namespace rraebench
