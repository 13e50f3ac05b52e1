// Any bytes at all: parse_npy gives an array whose values are as many as its shape says, or refuses with
// DatasetError.

#include "datasets/error.hpp"
#include "datasets/npy_file.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto array = rraebench::parse_npy({reinterpret_cast<const char*>(data), size}, "input");
    std::size_t product = 1;
    for (const auto extent : array.shape) product *= static_cast<std::size_t>(extent);
    if (product != array.count()) std::abort();
    if (rraebench::npy_floats(array).size() != product || rraebench::npy_doubles(array).size() != product)
      std::abort();
  } catch (const rraebench::DatasetError&) {
    return 0;
  }
  return 0;
}
