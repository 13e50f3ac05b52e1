// Any text at all: parse_celeba_partition gives plain names, or refuses with DatasetError in one line.

#include "datasets/celeba_partition.hpp"
#include "datasets/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto partition =
        rraebench::parse_celeba_partition({reinterpret_cast<const char*>(data), size}, "input");
    for (const auto* part : {&partition.train, &partition.validation, &partition.test})
      for (const auto& name : *part)
        if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos) std::abort();
  } catch (const rraebench::DatasetError& error) {
    if (std::strchr(error.what(), '\n') != nullptr) std::abort();
  }
  return 0;
}
