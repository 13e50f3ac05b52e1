#include "host/common/text_file.hpp"

#include "host/common/errors.hpp"

#include <fstream>
#include <sstream>

namespace rraebench {

std::string read_text_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw UserError(file.string() + ": cannot be read");
  return text.str();
}

}  // namespace rraebench
