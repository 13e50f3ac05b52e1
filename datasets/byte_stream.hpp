#pragma once
// Implements: content read piece by piece, plain or gzip (RFC 1952), told apart by its first two bytes.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct z_stream_s;

namespace rraebench {

/// Fills up to `capacity` bytes and returns how many; fewer than asked only at the end.
using ReadBytes = std::function<std::size_t(unsigned char* out, std::size_t capacity)>;

/// The bytes of `bytes`, which must outlive the result.
ReadBytes read_from_memory(std::string_view bytes);

/// Whatever the size of what a stream expands to, it holds a fixed amount of memory. Several gzip members in
/// a row are one content, as gzip defines it; anything else after a member is an error.
class ByteStream {
 public:
  /// `name` stands in errors for where the bytes come from.
  ByteStream(ReadBytes source, std::string name);

  /// Fewer than `count` only at the end. Throws DatasetError for a damaged, truncated or trailed gzip stream.
  std::size_t read(unsigned char* out, std::size_t count);

 private:
  struct EndInflate {
    void operator()(z_stream_s* stream) const;
  };

  bool refill();
  std::size_t read_plain(unsigned char* out, std::size_t count);
  std::size_t read_gzip(unsigned char* out, std::size_t count);
  bool next_member();

  ReadBytes source_;
  std::string name_;
  std::vector<unsigned char> buffer_;
  std::size_t position_ = 0;  // Of the first unread byte in the buffer.
  std::size_t filled_ = 0;
  std::unique_ptr<z_stream_s, EndInflate> inflate_;  // Null for plain content.
  bool ended_ = false;                               // The last gzip member was read whole.
};

}  // namespace rraebench
