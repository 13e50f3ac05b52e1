#include "host/common/text_file.hpp"

#include "host/common/errors.hpp"

#include <fstream>

namespace rraebench {

std::string read_text_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) throw UserError(file.string() + ": no such file");
  if (!std::filesystem::is_regular_file(status))
    throw UserError(file.string() + ": is no regular file but a folder, a pipe or a device");
  std::ifstream stream(file, std::ios::binary);
  std::string text(kLongestTextFile + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && !stream) throw UserError(file.string() + ": cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLongestTextFile)
    throw UserError(file.string() + ": has more than " + std::to_string(kLongestTextFile) +
                    " bytes, which no such file needs; is it the right one?");
  return text;
}

}  // namespace rraebench
