#pragma once
// Implements: the .npy format of NumPy (versions 1 to 3) for arrays of numbers. Strict: a file is what its
// header says, to the byte, or it is refused; Python objects (pickles) are never read.
// Source: NumPy enhancement proposal 1 and numpy.lib.format.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

struct NpyArray {
  std::vector<std::int64_t> shape;  // Every extent at least 1; empty for a single number.
  char kind = 'f';                  // 'f' floating point, 'i' signed, 'u' unsigned, 'b' true or false.
  std::size_t item_size = 8;        // Bytes: 2, 4 or 8 for 'f'; 1, 2, 4 or 8 for 'i' and 'u'; 1 for 'b'.
  bool big_endian = false;
  bool fortran_order = false;
  std::string data;  // As in the file.

  bool is_bytes() const { return kind == 'u' && item_size == 1; }
  std::size_t count() const { return data.size() / item_size; }
};

/// `name` stands for the bytes in errors. Throws DatasetError.
NpyArray parse_npy(std::string_view bytes, const std::string& name);

/// As parse_npy. Throws DatasetError, also when `path` is no readable file.
NpyArray read_npy_file(const std::filesystem::path& path);

/// All values in row-major order, whatever the array's own, rounded to the nearest of the result's type.
std::vector<float> npy_floats(const NpyArray& array);
std::vector<double> npy_doubles(const NpyArray& array);
/// For is_bytes() alone.
std::vector<std::uint8_t> npy_bytes(const NpyArray& array);

}  // namespace rraebench
