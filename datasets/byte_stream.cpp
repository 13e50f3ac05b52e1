#include "datasets/byte_stream.hpp"

#include "datasets/error.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace rraebench {
namespace {

constexpr std::size_t kBufferSize = std::size_t{1} << 16;
constexpr int kGzipOnly = 16;  // Added to zlib's window bits: gzip header and checksum, nothing else.

bool begins_gzip(const unsigned char* bytes, std::size_t count) {
  return count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

}  // namespace

ReadBytes read_from_memory(std::string_view bytes) {
  return [bytes](unsigned char* out, std::size_t capacity) mutable {
    const std::size_t count = std::min(capacity, bytes.size());
    if (count > 0) std::memcpy(out, bytes.data(), count);
    bytes.remove_prefix(count);
    return count;
  };
}

void ByteStream::EndInflate::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

ByteStream::ByteStream(ReadBytes source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), buffer_(kBufferSize) {
  refill();
  if (!begins_gzip(buffer_.data(), filled_)) return;
  inflate_.reset(new z_stream_s{});
  if (inflateInit2(inflate_.get(), MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
}

std::size_t ByteStream::read(unsigned char* out, std::size_t count) {
  return inflate_ ? read_gzip(out, count) : read_plain(out, count);
}

bool ByteStream::refill() {
  position_ = 0;
  filled_ = source_(buffer_.data(), buffer_.size());
  return filled_ > 0;
}

std::size_t ByteStream::read_plain(unsigned char* out, std::size_t count) {
  std::size_t done = 0;
  while (done < count && (position_ < filled_ || refill())) {
    const std::size_t part = std::min(count - done, filled_ - position_);
    std::memcpy(out + done, buffer_.data() + position_, part);
    position_ += part;
    done += part;
  }
  return done;
}

std::size_t ByteStream::read_gzip(unsigned char* out, std::size_t count) {
  std::size_t done = 0;
  while (done < count && !ended_) {
    if (position_ == filled_ && !refill())
      throw DatasetError(name_ + ": the gzip stream is cut off before its end; download it again");
    const auto part = static_cast<uInt>(std::min<std::size_t>(count - done, kBufferSize));
    inflate_->next_in = buffer_.data() + position_;
    inflate_->avail_in = static_cast<uInt>(filled_ - position_);
    inflate_->next_out = out + done;
    inflate_->avail_out = part;
    const int status = inflate(inflate_.get(), Z_NO_FLUSH);
    position_ = filled_ - inflate_->avail_in;
    done += part - inflate_->avail_out;
    if (status == Z_STREAM_END)
      ended_ = !next_member();
    else if (status == Z_MEM_ERROR)
      throw std::bad_alloc();
    else if (status != Z_OK && status != Z_BUF_ERROR)
      throw DatasetError(name_ + ": the gzip stream is damaged (" +
                         (inflate_->msg != nullptr ? inflate_->msg : "unknown fault") +
                         "); download it again");
  }
  return done;
}

bool ByteStream::next_member() {
  if (position_ == filled_ && !refill()) return false;
  if (buffer_[position_] != 0x1F)
    throw DatasetError(name_ + ": bytes that are not gzip follow the gzip stream; download it again");
  inflateReset(inflate_.get());  // Checks the rest of the member's header itself.
  return true;
}

}  // namespace rraebench
