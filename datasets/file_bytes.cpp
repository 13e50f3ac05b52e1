#include "datasets/file_bytes.hpp"

#include "datasets/error.hpp"
#include "datasets/input_file.hpp"

#include <algorithm>

namespace rraebench {
namespace {

std::string read_some(InputFile& file, std::size_t count) {
  std::string bytes(count, '\0');
  bytes.resize(file.read(bytes.data(), count));  // Cut short meanwhile: the parser says what is missing.
  return bytes;
}

}  // namespace

std::string read_bytes(const std::filesystem::path& path, std::size_t limit) {
  InputFile file(path);
  if (file.size() > limit)
    throw DatasetError(path.string() + ": it holds " + std::to_string(file.size()) +
                       " bytes, more than the " + std::to_string(limit) +
                       " that are allowed for such a file");
  return read_some(file, file.size());
}

std::string read_first_bytes(const std::filesystem::path& path, std::size_t count) {
  InputFile file(path);
  return read_some(file, std::min(file.size(), count));
}

}  // namespace rraebench
