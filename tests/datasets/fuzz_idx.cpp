// Any bytes at all: parse_idx gives an array that is what its dimensions say, or refuses with DatasetError.

#include "datasets/error.hpp"
#include "datasets/idx.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto array = rraebench::parse_idx({reinterpret_cast<const char*>(data), size}, "input");
    std::size_t product = 1;
    for (const auto dimension : array.dimensions) product *= dimension;
    if (array.dimensions.empty() || product != array.bytes.size()) std::abort();
  } catch (const rraebench::DatasetError&) {
    return 0;
  }
  return 0;
}
