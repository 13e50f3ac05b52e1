#pragma once
// Implements: NumPy's .npz files: named arrays of numbers in a ZIP archive, as feature statistics are
// exchanged.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

/// An array in row-major order. `values` has the product of `shape` entries; a scalar has shape {}.
struct NpzArray {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  bool single = false;  // Written as float32 rather than float64; what was read from float32.
};

using NpzArrays = std::map<std::string, NpzArray>;  // By name, without ".npy".

/// All arrays of a file that numpy.savez or numpy.savez_compressed wrote, of little-endian floats of 4 or 8
/// bytes or integers of up to 8 bytes (which float64 may round), in either order. Throws UserError with one
/// line that names the file, and the array where it is at fault, for anything else: a file that is no ZIP
/// archive, is cut off or damaged, objects, other types, arrays above 2^28 values.
NpzArrays read_npz(const std::filesystem::path& file);

/// The same of a file's bytes; `file` names them in messages.
NpzArrays parse_npz(std::string_view bytes, const std::string& file);

/// One array of a .npy file. Throws as read_npz does.
NpzArray read_npy(const std::filesystem::path& file);

/// What a .npy file begins with; the values follow in row-major order. `type`: "<f4", "<f8", "|u1" ...
std::string npy_header(const std::string& type, const std::vector<std::int64_t>& shape);

/// The bytes of a file as numpy.savez writes it; the same arrays give the same bytes.
std::string npz_bytes(const NpzArrays& arrays);

/// The file appears whole or not at all (write_file_durably, whose errors are thrown).
void write_npz(const std::filesystem::path& file, const NpzArrays& arrays);

}  // namespace rraebench
