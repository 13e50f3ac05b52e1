#pragma once
// Implements: the IDX format of the MNIST files (magic 00 00, type, number of dimensions; big-endian sizes;
// data), for unsigned bytes. Strict: a file is what its header says, to the byte, or it is refused.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

struct IdxArray {
  std::vector<std::uint32_t> dimensions;  // 1 to 4, each at least 1.
  std::vector<std::uint8_t> bytes;        // Row-major, as many as the product of the dimensions.
};

/// No array larger than this is read. The largest known collection in this format holds 0.55 GB.
constexpr std::uint64_t kIdxByteLimit = std::uint64_t{1} << 30;

/// `bytes` plain or gzip; `name` stands for them in errors. Throws DatasetError. Memory grows with what the
/// content really holds, never with what its header claims.
IdxArray parse_idx(std::string_view bytes, const std::string& name);

/// As parse_idx, without holding the file in memory. Throws DatasetError, also when `path` is no readable
/// file.
IdxArray read_idx(const std::filesystem::path& path);

}  // namespace rraebench
