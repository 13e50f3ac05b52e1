#include "datasets/idx.hpp"

#include "datasets/byte_stream.hpp"
#include "datasets/error.hpp"
#include "datasets/input_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rraebench {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;
constexpr std::size_t kMaximumDimensions = 4;
constexpr std::size_t kFirstPiece = std::size_t{1} << 20;

[[noreturn]] void refuse(const std::string& name, const std::string& fault) {
  throw DatasetError(name + ": " + fault + "; download it again");
}

std::string hex(const std::array<std::uint8_t, 4>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (!text.empty()) text += ' ';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

std::array<std::uint8_t, 4> read_word(ByteStream& stream, const std::string& name) {
  std::array<std::uint8_t, 4> word{};
  if (stream.read(word.data(), word.size()) != word.size()) refuse(name, "it ends within its IDX header");
  return word;
}

std::vector<std::uint32_t> read_dimensions(ByteStream& stream, const std::string& name) {
  const auto magic = read_word(stream, name);
  if (magic[0] != 0 || magic[1] != 0)
    refuse(name, "not an IDX file: it begins with " + hex(magic) +
                     ", expected 00 00 08 and a number of dimensions");
  if (magic[2] != kUnsignedByte)
    refuse(name, "IDX type " + hex(magic).substr(6, 2) + " found, expected 08 (unsigned bytes)");
  if (magic[3] < 1 || magic[3] > kMaximumDimensions)
    refuse(name, std::to_string(magic[3]) + " dimensions found, expected 1 to " +
                     std::to_string(kMaximumDimensions));

  std::vector<std::uint32_t> dimensions(magic[3]);
  for (auto& dimension : dimensions) {
    for (const std::uint8_t byte : read_word(stream, name)) dimension = (dimension << 8) | byte;
    if (dimension == 0) refuse(name, "its header claims a dimension of 0");
  }
  return dimensions;
}

std::uint64_t product_within_limit(const std::vector<std::uint32_t>& dimensions, const std::string& name) {
  std::uint64_t product = 1;
  for (const std::uint32_t dimension : dimensions) {
    if (dimension > kIdxByteLimit / product)
      refuse(name,
             "its header claims more than the " + std::to_string(kIdxByteLimit) + " bytes that are allowed");
    product *= dimension;
  }
  return product;
}

/// The buffer doubles as data arrives: a lying header costs no more memory than twice what its file holds.
std::vector<std::uint8_t> read_data(ByteStream& stream, std::uint64_t expected, const std::string& name) {
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < expected) {
    const std::size_t done = bytes.size();
    const auto piece =
        static_cast<std::size_t>(std::min<std::uint64_t>(expected - done, std::max(done, kFirstPiece)));
    bytes.resize(done + piece);
    const std::size_t found = stream.read(bytes.data() + done, piece);
    if (found < piece)
      refuse(name, "truncated: it holds " + std::to_string(done + found) +
                       " bytes of data, its header says " + std::to_string(expected));
  }
  // Asking for one byte more also makes a gzip stream check its checksum and what follows it.
  std::uint8_t extra = 0;
  if (stream.read(&extra, 1) != 0)
    refuse(name,
           "it holds more than the " + std::to_string(expected) + " bytes of data that its header says");
  return bytes;
}

IdxArray read_array(ReadBytes source, const std::string& name) {
  ByteStream stream(std::move(source), name);
  IdxArray array;
  array.dimensions = read_dimensions(stream, name);
  array.bytes = read_data(stream, product_within_limit(array.dimensions, name), name);
  return array;
}

}  // namespace

IdxArray parse_idx(std::string_view bytes, const std::string& name) {
  return read_array(read_from_memory(bytes), name);
}

IdxArray read_idx(const std::filesystem::path& path) {
  InputFile file(path);
  const ReadBytes from_file = [&](unsigned char* out, std::size_t capacity) {
    return file.read(out, capacity);
  };
  return read_array(from_file, path.string());
}

}  // namespace rraebench
