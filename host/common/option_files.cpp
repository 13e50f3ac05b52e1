#include "host/common/option_files.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"

#include <system_error>

namespace rraebench {

OptionFile find_option_file(const std::string& option, const std::filesystem::path& path,
                            const std::filesystem::path& folder) {
  const auto file = std::filesystem::absolute(folder / path).lexically_normal();
  const auto refuse = [&](const std::string& what) { throw UserError("option '" + option + "': " + what); };
  std::error_code error;
  if (const auto size = std::filesystem::file_size(file, error); !error && size > kLargestOptionFile)
    refuse(file.string() + ": has " + std::to_string(size >> 20) + " MiB but must have at most " +
           std::to_string(kLargestOptionFile >> 20) + "; is it the right file?");
  try {
    return {file.string(), sha256_of_file(file)};
  } catch (const std::exception& fault) {
    refuse(fault.what());
  }
  return {};
}

}  // namespace rraebench
