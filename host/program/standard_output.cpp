#include "host/program/standard_output.hpp"

#include "host/common/stop_request.hpp"

#include <cerrno>
#include <cstring>
#include <iostream>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace rraebench {
namespace {

void write_all(const char* data, std::size_t size) {
  while (size > 0) {
    const auto count = ::write(STDOUT_FILENO, data, size);
    if (count >= 0) {
      data += count;
      size -= static_cast<std::size_t>(count);
    } else if (errno == EINTR) {
      throw_if_stop_requested();
    } else if (errno == EAGAIN) {  // Whoever shares it with us may have made it non-blocking.
      pollfd output{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&output, 1, -1);
      throw_if_stop_requested();
    } else if (errno == EPIPE) {
      throw ReaderLeft("standard output: nobody reads it any more");
    } else {
      throw OutputError(std::string("standard output: cannot be written: ") + std::strerror(errno));
    }
  }
}

}  // namespace

TextLayout output_layout() {
  if (::isatty(STDOUT_FILENO) == 0) return {};
  constexpr int kDigits = 4;
  struct winsize size {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {0, kDigits};
  return {size.ws_col, kDigits};
}

CheckedStandardOutput::CheckedStandardOutput() : terminal_(::isatty(STDOUT_FILENO) != 0) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  std::cout.flush();
  before_ = std::cout.rdbuf(this);
  std::cout.exceptions(std::ios::badbit);  // Lets the buffer's own exception through.
}

CheckedStandardOutput::~CheckedStandardOutput() {
  std::cout.exceptions(std::ios::goodbit);
  std::cout.rdbuf(before_);
}

std::streamsize CheckedStandardOutput::xsputn(const char* text, std::streamsize size) {
  const auto count = std::streambuf::xsputn(text, size);
  if (terminal_ && std::memchr(text, '\n', static_cast<std::size_t>(size)) != nullptr) write_buffer();
  return count;
}

CheckedStandardOutput::int_type CheckedStandardOutput::overflow(int_type character) {
  write_buffer();
  if (!traits_type::eq_int_type(character, traits_type::eof())) {
    *pptr() = traits_type::to_char_type(character);
    pbump(1);
  }
  return traits_type::not_eof(character);
}

int CheckedStandardOutput::sync() {
  write_buffer();
  return 0;
}

void CheckedStandardOutput::write_buffer() {
  const auto size = static_cast<std::size_t>(pptr() - pbase());
  setp(buffer_.data(), buffer_.data() + buffer_.size());  // Even where it fails, nothing is written twice.
  write_all(buffer_.data(), size);
}

}  // namespace rraebench
