#include "datasets/sha256.hpp"

#include "datasets/input_file.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace rraebench {
namespace {

void require(bool succeeded) {
  if (!succeeded) throw std::runtime_error("OpenSSL cannot compute SHA-256: check the OpenSSL installation");
}

}  // namespace

void Sha256::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256::update(const void* bytes, std::size_t count) {
  require(EVP_DigestUpdate(context_.get(), bytes, count) == 1);
}

std::string Sha256::hex() const {
  // Finishing a digest ends its context, so it is done on a copy.
  const std::unique_ptr<evp_md_ctx_st, FreeContext> copy(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), context_.get()) == 1 &&
          EVP_DigestFinal_ex(copy.get(), digest.data(), &size) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 0xF];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes.data(), bytes.size());
  return hash.hex();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  InputFile file(path);
  Sha256 hash;
  std::vector<char> buffer(std::size_t{1} << 20);
  while (const auto count = file.read(buffer.data(), buffer.size())) hash.update(buffer.data(), count);
  return hash.hex();
}

}  // namespace rraebench
