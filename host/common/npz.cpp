#include "host/common/npz.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace rraebench {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are read and written as they lie in memory");

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::int64_t kMostValues = std::int64_t{1} << 28;
constexpr std::size_t kLongestHeader = 4096;  // NumPy's own take 128; std::regex recurses on every character.

/// A number format of the .npy header's 'descr' and how its bytes become double.
struct NumberType {
  const char* name;
  std::size_t size;
  double (*read)(const char* bytes);
};

template <typename Number>
double read_number(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return static_cast<double>(number);
}

constexpr NumberType kTypes[] = {
    {"<f8", 8, read_number<double>},        {"<f4", 4, read_number<float>},
    {"<i8", 8, read_number<std::int64_t>},  {"<i4", 4, read_number<std::int32_t>},
    {"<i2", 2, read_number<std::int16_t>},  {"|i1", 1, read_number<std::int8_t>},
    {"<u8", 8, read_number<std::uint64_t>}, {"<u4", 4, read_number<std::uint32_t>},
    {"<u2", 2, read_number<std::uint16_t>}, {"|u1", 1, read_number<std::uint8_t>}};

struct NpyHeader {
  NumberType type;
  bool columns_first = false;
  std::vector<std::int64_t> shape;
  std::int64_t count = 1;
};

std::runtime_error fault(const std::string& what) {
  return std::runtime_error(what);
}

/// The Python dictionary {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
NpyHeader parse_header(const std::string& text) {
  static const std::regex descr(R"('descr'\s*:\s*'([^']*)')");
  static const std::regex order(R"('fortran_order'\s*:\s*(True|False))");
  static const std::regex shape(R"('shape'\s*:\s*\(([0-9,\s]*)\))");
  std::smatch found;
  NpyHeader header;
  if (!std::regex_search(text, found, descr)) throw fault("holds no plain numbers");
  const auto name = found[1].str();
  const auto* type =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const NumberType& t) { return name == t.name; });
  if (type == std::end(kTypes))
    throw fault("holds values of type '" + name + "'; save them as float32 or float64");
  header.type = *type;
  if (!std::regex_search(text, found, order)) throw fault("has a broken header");
  header.columns_first = found[1] == "True";
  if (!std::regex_search(text, found, shape)) throw fault("has a broken header");
  const auto sizes = found[1].str();
  static const std::regex number("[0-9]+");
  for (std::sregex_iterator i(sizes.begin(), sizes.end(), number), end; i != end; ++i) {
    const auto digits = i->str();
    const auto size = digits.size() > 10 ? kMostValues + 1 : static_cast<std::int64_t>(std::stoll(digits));
    if (size > kMostValues || header.count * size > kMostValues)
      throw fault("has shape (" + sizes + "); at most 2^28 values are read");
    header.shape.push_back(size);
    header.count *= size;
  }
  return header;
}

/// Gives up to `size` bytes; fewer at the end alone. Throws for a damaged archive.
using ReadBytes = std::function<std::size_t(char* bytes, std::size_t size)>;

std::string read_exactly(const ReadBytes& read, std::size_t size) {
  constexpr std::size_t kStep = std::size_t{1} << 20;  // A false size must not allocate what is not there.
  std::string bytes;
  while (bytes.size() < size) {
    const auto old = bytes.size();
    bytes.resize(old + std::min(kStep, size - old));
    const auto got = read(&bytes[old], bytes.size() - old);
    bytes.resize(old + got);
    if (got == 0) throw fault("is cut off");
  }
  return bytes;
}

void to_rows_first(NpzArray& array) {
  if (array.shape.size() != 2) throw fault("is in column-major order and not a matrix");
  const auto rows = static_cast<std::size_t>(array.shape[0]);
  const auto columns = static_cast<std::size_t>(array.shape[1]);
  std::vector<double> turned(array.values.size());
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) turned[r * columns + c] = array.values[c * rows + r];
  array.values = std::move(turned);
}

/// The .npy format, versions 1 to 3.
NpzArray parse_npy(const ReadBytes& read) {
  const auto start = read_exactly(read, 8);
  if (start.compare(0, kMagic.size(), kMagic) != 0) throw fault("is no NumPy array");
  const int version = static_cast<unsigned char>(start[6]);
  if (version < 1 || version > 3) throw fault("has an unknown version of NumPy's format");
  const auto length = read_exactly(read, version == 1 ? 2 : 4);
  std::size_t size = 0;
  for (std::size_t i = length.size(); i-- > 0;) size = size << 8 | static_cast<unsigned char>(length[i]);
  if (size > kLongestHeader) throw fault("has a broken header");
  const auto header = parse_header(read_exactly(read, size));

  NpzArray array;
  array.shape = header.shape;
  array.single = std::string_view(header.type.name) == "<f4";
  const auto bytes = read_exactly(read, static_cast<std::size_t>(header.count) * header.type.size);
  array.values.reserve(static_cast<std::size_t>(header.count));
  for (std::size_t i = 0; i < bytes.size(); i += header.type.size)
    array.values.push_back(header.type.read(&bytes[i]));
  char more = 0;
  if (read(&more, 1) != 0) throw fault("holds more bytes than its shape says");
  if (header.columns_first && array.shape.size() > 1) to_rows_first(array);
  return array;
}

std::string npy_bytes(const NpzArray& array) {
  std::int64_t count = 1;
  for (const auto size : array.shape) count *= size;
  if (static_cast<std::size_t>(count) != array.values.size())
    throw std::logic_error("an array of " + std::to_string(array.values.size()) + " values for " +
                           std::to_string(count));
  auto bytes = npy_header(array.single ? "<f4" : "<f8", array.shape);
  const auto append = [&](auto number) {
    char raw[sizeof number];
    std::memcpy(raw, &number, sizeof number);
    bytes.append(raw, sizeof number);
  };
  for (const double value : array.values) array.single ? append(static_cast<float>(value)) : append(value);
  return bytes;
}

/// Before it is opened: a named pipe would be waited for.
void require_regular(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) throw fault("no such file");
  if (!std::filesystem::is_regular_file(status)) throw fault("is no file but a folder, a pipe or a device");
}

struct FreeArchive {
  void operator()(archive* a) const { archive_free(a); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;

}  // namespace

NpzArrays parse_npz(std::string_view bytes, const std::string& file) {
  const Archive archive(archive_read_new());
  archive_read_support_format_zip(archive.get());
  std::string at = file;
  try {
    const auto broken = [] { return fault("is no whole .npz file (a ZIP archive of NumPy arrays)"); };
    if (archive_read_open_memory(archive.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) throw broken();
    NpzArrays arrays;
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(archive.get(), &entry);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK) throw broken();
      const auto* path = archive_entry_pathname(entry);
      std::string name = path == nullptr ? "" : path;
      constexpr std::string_view kEnding = ".npy";
      if (name.size() <= kEnding.size() ||
          name.compare(name.size() - kEnding.size(), kEnding.size(), kEnding) != 0)
        throw fault("holds something else than NumPy arrays");
      name.resize(name.size() - kEnding.size());
      at = file + ": array '" + name + "'";
      arrays[name] = parse_npy([&](char* to, std::size_t size) -> std::size_t {
        const auto got = archive_read_data(archive.get(), to, size);
        if (got < 0) throw fault("is damaged");
        return static_cast<std::size_t>(got);
      });
      at = file;
    }
    return arrays;
  } catch (const std::exception& error) {
    throw UserError(at + ": " + error.what());
  }
}

NpzArrays read_npz(const std::filesystem::path& file) {
  std::ifstream stream;
  try {
    require_regular(file);
    stream.open(file, std::ios::binary);
    if (!stream) throw fault("no such file");
  } catch (const std::exception& error) {
    throw UserError(file.string() + ": " + error.what());
  }
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  return parse_npz(bytes, file.string());
}

NpzArray read_npy(const std::filesystem::path& file) {
  try {
    require_regular(file);
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw fault("no such file");
    return parse_npy([&](char* bytes, std::size_t size) {
      stream.read(bytes, static_cast<std::streamsize>(size));
      return static_cast<std::size_t>(stream.gcount());
    });
  } catch (const std::exception& error) {
    throw UserError(file.string() + ": " + error.what());
  }
}

std::string npy_header(const std::string& type, const std::vector<std::int64_t>& shape) {
  std::string sizes;
  for (const auto size : shape) sizes += std::to_string(size) + ", ";
  if (shape.size() > 1) sizes.resize(sizes.size() - 2);
  if (shape.size() == 1) sizes.resize(sizes.size() - 1);  // (3,)
  auto header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
  constexpr std::size_t kAlignment = 64;
  const auto prefix = kMagic.size() + 4;
  header.append(kAlignment - 1 - (prefix + header.size()) % kAlignment, ' ').push_back('\n');
  std::string bytes(kMagic);
  bytes += std::string("\x01\x00", 2);
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  return bytes + header;
}

std::string npz_bytes(const NpzArrays& arrays) {
  std::string bytes;
  const auto append = [](archive*, void* target, const void* data, std::size_t size) -> la_ssize_t {
    static_cast<std::string*>(target)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  };
  const Archive archive(archive_write_new());
  const auto require = [&](bool well) {
    if (well) return;
    const auto* reason = archive_error_string(archive.get());
    throw std::runtime_error(std::string("a ZIP archive cannot be made: ") +
                             (reason == nullptr ? "?" : reason));
  };
  require(archive_write_set_format_zip(archive.get()) == ARCHIVE_OK);
  require(archive_write_set_options(archive.get(), "zip:compression=store") == ARCHIVE_OK);
  require(archive_write_set_bytes_in_last_block(archive.get(), 1) == ARCHIVE_OK);
  require(archive_write_open(archive.get(), &bytes, nullptr, append, nullptr) == ARCHIVE_OK);
  for (const auto& [name, array] : arrays) {
    const auto values = npy_bytes(array);
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              &archive_entry_free);
    archive_entry_set_pathname(entry.get(), (name + ".npy").c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), 315532800, 0);  // 1980, where ZIP's time begins.
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(values.size()));
    require(archive_write_header(archive.get(), entry.get()) == ARCHIVE_OK);
    require(archive_write_data(archive.get(), values.data(), values.size()) ==
            static_cast<la_ssize_t>(values.size()));
  }
  require(archive_write_close(archive.get()) == ARCHIVE_OK);
  return bytes;
}

void write_npz(const std::filesystem::path& file, const NpzArrays& arrays) {
  write_file_durably(file, npz_bytes(arrays));
}

}  // namespace rraebench
