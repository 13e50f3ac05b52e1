#include "host/program/download/digest.hpp"

#include "host/common/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace rraebench {

std::string file_digest(const std::filesystem::path& path, const std::string& algorithm) {
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || !file)
    throw UserError(path.string() + ": no such readable file; check the path and its permissions");
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* method = EVP_get_digestbyname(algorithm.c_str());
  if (!context || method == nullptr || EVP_DigestInit_ex(context.get(), method, nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute " + algorithm + ": check the OpenSSL installation");
  std::vector<char> buffer(std::size_t{1} << 20);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw UserError(path.string() + ": reading failed; check the disk");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return fmt::format("{:02x}", fmt::join(digest.data(), digest.data() + size, ""));
}

}  // namespace rraebench
