// Any bytes at all: parse_cifar_batch gives labels of 0 to 9 and as many images, or refuses with
// DatasetError.

#include "datasets/cifar_batch.hpp"
#include "datasets/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rraebench::CifarBatch batch;
  try {
    rraebench::parse_cifar_batch({reinterpret_cast<const char*>(data), size}, "input", batch);
    if (batch.labels.empty() || batch.pixels.size() != batch.labels.size() * rraebench::kCifarImageBytes)
      std::abort();
    for (const auto label : batch.labels)
      if (label > 9) std::abort();
  } catch (const rraebench::DatasetError&) {
    if (!batch.labels.empty() || !batch.pixels.empty()) std::abort();
  }
  return 0;
}
