#pragma once
// Implements: small IDX and gzip contents for tests.

#include <zlib.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench::testing {

inline std::string idx_header(const std::vector<std::uint32_t>& dimensions) {
  std::string header = {'\0', '\0', '\x08', static_cast<char>(dimensions.size())};
  for (const auto dimension : dimensions)
    for (const int shift : {24, 16, 8, 0}) header += static_cast<char>((dimension >> shift) & 0xFF);
  return header;
}

/// Data bytes 0, 1, ... modulo `modulus`.
inline std::string idx_content(const std::vector<std::uint32_t>& dimensions, unsigned modulus = 256) {
  std::string content = idx_header(dimensions);
  std::size_t product = 1;
  for (const auto dimension : dimensions) product *= dimension;
  for (std::size_t i = 0; i < product; ++i) content += static_cast<char>(i % modulus);
  return content;
}

/// One gzip member.
inline std::string gzip(std::string_view plain) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2 failed");
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate failed");
  return packed;
}

}  // namespace rraebench::testing
