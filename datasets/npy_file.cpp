#include "datasets/npy_file.hpp"

#include "datasets/error.hpp"
#include "datasets/file_bytes.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kHeaderLimit = 10000;  // NumPy's own.
constexpr std::size_t kMostBeforeHeader = 12;
constexpr std::size_t kMostDimensions = 32;  // NumPy's own.
constexpr std::size_t kByteLimit = std::size_t{1} << 37;

[[noreturn]] void refuse(const std::string& name, const std::string& fault) {
  throw DatasetError(name + ": " + fault);
}

/// Reads the header: a Python dictionary of 'descr', 'fortran_order' and 'shape', as NumPy writes it.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  void read(NpyArray& array) {
    expect('{');
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    while (!take('}')) {
      const auto key = quoted();
      expect(':');
      if (key == "descr" && !has_type) {
        read_type(array);
        has_type = true;
      } else if (key == "fortran_order" && !has_order) {
        array.fortran_order = boolean();
        has_order = true;
      } else if (key == "shape" && !has_shape) {
        read_shape(array);
        has_shape = true;
      } else {
        fail("has an unknown or repeated key");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!text_.empty()) fail("goes on after its end");
    if (!has_type || !has_order || !has_shape) fail("lacks descr, fortran_order or shape");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    refuse(name_, "its npy header " + what + "; write the file again with numpy.save");
  }

  void skip_space() {
    const auto first = text_.find_first_not_of(" \n");
    text_.remove_prefix(first == std::string_view::npos ? text_.size() : first);
  }

  bool take(char wanted) {
    skip_space();
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail(std::string("has no '") + wanted + "' where one must stand");
  }

  std::string_view quoted() {
    skip_space();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"'))
      fail("is not one that NumPy writes");
    const auto end = text_.find(text_.front(), 1);
    if (end == std::string_view::npos) fail("has an open quote");
    const auto inside = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inside;
  }

  bool boolean() {
    skip_space();
    for (const auto& [word, value] : {std::pair{"True", true}, std::pair{"False", false}})
      if (text_.rfind(word, 0) == 0) {
        text_.remove_prefix(std::strlen(word));
        return value;
      }
    fail("has a fortran_order that is neither True nor False");
  }

  void read_type(NpyArray& array) {
    constexpr const char* kRemedy =
        "; convert it in Python, for example numpy.save(file, array.astype('float32'))";
    skip_space();
    if (!text_.empty() && text_.front() == '[')
      refuse(name_, std::string("it holds records of several fields, expected plain numbers") + kRemedy);
    const auto type = quoted();
    if (type.size() < 2 || std::string_view("<>|=").find(type[0]) == std::string_view::npos)
      refuse(name_, "dtype '" + printable(type) + "' is not one of NumPy's" + kRemedy);
    if (type[1] == 'O')
      refuse(name_, std::string("it holds Python objects (a pickle), which could run any code and are never "
                                "read") +
                        kRemedy);
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(type.data() + 2, type.data() + type.size(), size);
    const bool whole = error == std::errc() && end == type.data() + type.size();
    const bool known =
        whole &&
        ((type[1] == 'f' && (size == 2 || size == 4 || size == 8)) ||
         ((type[1] == 'i' || type[1] == 'u') && (size == 1 || size == 2 || size == 4 || size == 8)) ||
         (type[1] == 'b' && size == 1));
    if (!known || (type[0] == '|' && size > 1))
      refuse(name_, "dtype '" + printable(type) +
                        "' is not supported, only bool, integers and float16, float32 and float64" + kRemedy);
    array.kind = type[1];
    array.item_size = size;
    array.big_endian = type[0] == '>';
  }

  /// What a file says of itself may hold anything; an error is one line.
  static std::string printable(std::string_view text) {
    std::string clean(text.substr(0, 20));
    std::replace_if(
        clean.begin(), clean.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
    return clean;
  }

  void read_shape(NpyArray& array) {
    expect('(');
    while (!take(')')) {
      skip_space();
      std::int64_t extent = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), extent);
      if (error != std::errc() || extent < 0) fail("has a shape that is not a list of sizes");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      if (array.shape.size() == kMostDimensions) fail("has more than 32 dimensions");
      array.shape.push_back(extent);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
  }

  std::string_view text_;
  const std::string& name_;
};

std::size_t byte_count(const NpyArray& array, const std::string& name) {
  std::size_t bytes = array.item_size;
  for (const auto extent : array.shape) {
    if (extent == 0) refuse(name, "its header claims a dimension of 0");
    if (static_cast<std::uint64_t>(extent) > kByteLimit / bytes)
      refuse(name,
             "its header claims more than the " + std::to_string(kByteLimit) + " bytes that are allowed");
    bytes *= static_cast<std::size_t>(extent);
  }
  return bytes;
}

std::size_t header_begin(std::string_view bytes, const std::string& name, std::size_t& header_size) {
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    if (bytes.substr(0, 2) == "PK")
      refuse(name, "an .npz archive, expected .npy; save each array on its own with numpy.save");
    if (!bytes.empty() && bytes.front() == '\x80')
      refuse(name, "a Python pickle, which could run any code and is never read; use numpy.save");
    refuse(name, "not an .npy file: it does not begin with \\x93NUMPY; write it with numpy.save");
  }
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
  };
  if (bytes.size() < 10) refuse(name, "it ends within its npy header");
  const auto version = byte(6);
  if (version < 1 || version > 3 || byte(7) != 0)
    refuse(name, "npy version " + std::to_string(version) + "." + std::to_string(byte(7)) +
                     ", expected 1.0, 2.0 or 3.0");
  const std::size_t width = version == 1 ? 2 : 4;
  if (bytes.size() < 8 + width) refuse(name, "it ends within its npy header");
  header_size = 0;
  for (std::size_t i = 0; i < width; ++i) header_size |= byte(8 + i) << (8 * i);
  if (header_size > kHeaderLimit)
    refuse(name, "its npy header claims " + std::to_string(header_size) + " bytes, more than the " +
                     std::to_string(kHeaderLimit) + " that are allowed");
  if (bytes.size() - 8 - width < header_size) refuse(name, "it ends within its npy header");
  return 8 + width;
}

/// IEEE 754 binary16.
double half_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const double fraction = bits & 0x3FF;
  double value = 0.0;
  if (exponent == 0)
    value = std::ldexp(fraction, -24);
  else if (exponent == 31)
    value =
        fraction == 0.0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  else
    value = std::ldexp(fraction + 1024.0, exponent - 25);
  return (bits & 0x8000) != 0 ? -value : value;
}

template <typename Stored>
Stored load_item(const char* from, bool swap) {
  char bytes[sizeof(Stored)];
  std::memcpy(bytes, from, sizeof(Stored));
  if (swap) std::reverse(bytes, bytes + sizeof(Stored));
  Stored value;
  std::memcpy(&value, bytes, sizeof(Stored));
  return value;
}

/// Calls `visit(offset of the item in the file's order)` for every item in row-major order.
template <typename Visitor>
void each_row_major(const NpyArray& array, Visitor&& visit) {
  const auto count = array.count();
  if (!array.fortran_order || array.shape.size() < 2) {
    for (std::size_t i = 0; i < count; ++i) visit(i);
    return;
  }
  const auto dimensions = array.shape.size();
  std::vector<std::size_t> stride(dimensions, 1);
  for (std::size_t d = 1; d < dimensions; ++d)
    stride[d] = stride[d - 1] * static_cast<std::size_t>(array.shape[d - 1]);
  std::vector<std::int64_t> index(dimensions, 0);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < count; ++i) {
    visit(offset);
    for (std::size_t d = dimensions; d-- > 0;) {
      offset += stride[d];
      if (++index[d] < array.shape[d]) break;
      offset -= stride[d] * static_cast<std::size_t>(array.shape[d]);
      index[d] = 0;
    }
  }
}

template <typename Stored, typename Value, typename Convert>
std::vector<Value> converted(const NpyArray& array, Convert&& convert) {
  std::vector<Value> values;
  values.reserve(array.count());
  each_row_major(array, [&](std::size_t at) {
    values.push_back(static_cast<Value>(
        convert(load_item<Stored>(array.data.data() + at * sizeof(Stored), array.big_endian))));
  });
  return values;
}

template <typename Value>
std::vector<Value> values_of(const NpyArray& array) {
  const auto as_is = [](auto value) { return value; };
  switch (array.kind) {
    case 'f':
      if (array.item_size == 2) return converted<std::uint16_t, Value>(array, half_value);
      if (array.item_size == 4) return converted<float, Value>(array, as_is);
      return converted<double, Value>(array, as_is);
    case 'i':
      if (array.item_size == 1) return converted<std::int8_t, Value>(array, as_is);
      if (array.item_size == 2) return converted<std::int16_t, Value>(array, as_is);
      if (array.item_size == 4) return converted<std::int32_t, Value>(array, as_is);
      return converted<std::int64_t, Value>(array, as_is);
    case 'b':
      return converted<std::uint8_t, Value>(array, [](std::uint8_t value) { return value != 0 ? 1 : 0; });
    default:
      if (array.item_size == 1) return converted<std::uint8_t, Value>(array, as_is);
      if (array.item_size == 2) return converted<std::uint16_t, Value>(array, as_is);
      if (array.item_size == 4) return converted<std::uint32_t, Value>(array, as_is);
      return converted<std::uint64_t, Value>(array, as_is);
  }
}

/// All but the data. `data_begin`: where those begin. `available`: the size of what `bytes` is or begins.
NpyArray parse_header(std::string_view bytes, std::uint64_t available, const std::string& name,
                      std::size_t& data_begin) {
  std::size_t header_size = 0;
  const auto begin = header_begin(bytes, name, header_size);
  NpyArray array;
  HeaderReader(bytes.substr(begin, header_size), name).read(array);
  data_begin = begin + header_size;
  const auto expected = byte_count(array, name);
  const auto found = available - data_begin;
  if (found < expected)
    refuse(name, "truncated: it holds " + std::to_string(found) + " bytes of data, its header says " +
                     std::to_string(expected));
  if (found > expected)
    refuse(name,
           "it holds more than the " + std::to_string(expected) + " bytes of data that its header says");
  return array;
}

}  // namespace

NpyArray parse_npy(std::string_view bytes, const std::string& name) {
  std::size_t data_begin = 0;
  auto array = parse_header(bytes, bytes.size(), name, data_begin);
  array.data = bytes.substr(data_begin);
  return array;
}

NpyArray read_npy_file(const std::filesystem::path& path) {
  // The header first, so that a file that is not what it says is not read whole.
  const auto first = read_first_bytes(path, kHeaderLimit + kMostBeforeHeader);
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::size_t data_begin = 0;
  parse_header(first, error ? first.size() : size, path.string(), data_begin);
  return parse_npy(read_bytes(path, kByteLimit + data_begin), path.string());
}

std::vector<float> npy_floats(const NpyArray& array) {
  return values_of<float>(array);
}

std::vector<double> npy_doubles(const NpyArray& array) {
  return values_of<double>(array);
}

std::vector<std::uint8_t> npy_bytes(const NpyArray& array) {
  if (!array.is_bytes()) throw std::invalid_argument("the array does not hold unsigned bytes");
  return values_of<std::uint8_t>(array);
}

}  // namespace rraebench
