#pragma once
// Implements: SHA-256 (FIPS 180-4) of bytes and of files, as lower-case hexadecimal text.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace rraebench {

class Sha256 {
 public:
  Sha256();

  void update(const void* bytes, std::size_t count);

  /// Digest of what was added so far: 64 characters. More may be added afterwards.
  std::string hex() const;

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

std::string sha256_hex(std::string_view bytes);

/// Throws std::runtime_error naming `path` when it is no readable file.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace rraebench
