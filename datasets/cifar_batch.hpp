#pragma once
// Implements: the format of CIFAR-10's binary batches: records of a label byte and 3 x 32 x 32 bytes (red,
// green, blue plane, row by row) and nothing else. Source: the "binary version" of the data set's own page,
// https://www.cs.toronto.edu/~kriz/cifar.html.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

constexpr std::int64_t kCifarSide = 32;
constexpr std::size_t kCifarImageBytes = std::size_t{3} * 32 * 32;
constexpr std::size_t kCifarRecordBytes = 1 + kCifarImageBytes;
/// More images than this in one file are refused; an official batch holds 10000.
constexpr std::size_t kCifarMostImages = 100000;

struct CifarBatch {
  std::vector<std::uint8_t> pixels;  // N x 3 x 32 x 32.
  std::vector<std::uint8_t> labels;  // N, 0 to 9.
};

/// Appends to `batch` what `bytes` hold; `name` stands for them in errors. Throws DatasetError.
void parse_cifar_batch(std::string_view bytes, const std::string& name, CifarBatch& batch);

/// As parse_cifar_batch. Throws DatasetError, also when `path` is no readable file.
void read_cifar_batch(const std::filesystem::path& path, CifarBatch& batch);

}  // namespace rraebench
