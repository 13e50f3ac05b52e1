// The fuzz target's entry over inputs made in a fixed way, so that every build runs it.

#include "tests/datasets/idx_bytes.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace rraebench {
namespace {

int run(const std::string& input) {
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutated(std::string input, const std::string& other, std::mt19937_64& generator) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(generator() % bound); };
  for (std::size_t change = 0, changes = 1 + below(4); change < changes && !input.empty(); ++change) {
    const std::size_t at = below(input.size());
    switch (below(6)) {
      case 0:
        input[at] = static_cast<char>(generator());
        break;
      case 1:
        input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.resize(at);
        break;
      case 3:
        input.insert(at, input.substr(below(input.size()), below(16)));
        break;
      case 4:
        input.erase(at, 1 + below(8));
        break;
      case 5:
        input = input.substr(0, at) + other.substr(below(other.size()));
        break;
    }
  }
  return input;
}

TEST(IdxMutationTest, EveryMutationIsReadOrRefused) {
  const std::vector<std::string> valid = {
      testing::idx_content({7}),
      testing::idx_content({3, 4, 5}),
      testing::gzip(testing::idx_content({3, 4, 5})),
      testing::gzip(testing::idx_content({2, 2})) + testing::gzip(testing::idx_content({1})),
  };
  std::mt19937_64 generator(2405);
  for (const auto& input : valid)
    for (const auto& other : valid)
      for (int i = 0; i < 300; ++i) ASSERT_EQ(run(mutated(input, other, generator)), 0);
}

TEST(IdxMutationTest, EveryValueOfEveryHeaderByteIsReadOrRefused) {
  const std::string valid = testing::idx_content({2, 3});
  for (std::size_t at = 0; at < 12; ++at)
    for (int value = 0; value < 256; ++value) {
      std::string input = valid;
      input[at] = static_cast<char>(value);
      ASSERT_EQ(run(input), 0);
    }
}

}  // namespace
}  // namespace rraebench
