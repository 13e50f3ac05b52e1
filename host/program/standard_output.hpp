#pragma once
// Implements: standard output that notices what could not be written.

#include "reports/render/text_table.hpp"

#include <array>
#include <stdexcept>
#include <streambuf>

namespace rraebench {

/// Standard output took no more; the message says why.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Nobody reads standard output any more, as under `| head`.
class ReaderLeft : public OutputError {
 public:
  using OutputError::OutputError;
};

/// How a table is laid out there: on a terminal as wide as its window and with four digits, else whole.
TextLayout output_layout();

/// While it lives, std::cout throws OutputError where a write fails, from the statement that wrote. Flush
/// std::cout before it goes: its end writes nothing, since it may follow such an error.
class CheckedStandardOutput : private std::streambuf {
 public:
  CheckedStandardOutput();
  ~CheckedStandardOutput() override;
  CheckedStandardOutput(const CheckedStandardOutput&) = delete;
  CheckedStandardOutput& operator=(const CheckedStandardOutput&) = delete;

 private:
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int_type overflow(int_type character) override;
  int sync() override;
  void write_buffer();

  std::array<char, 65536> buffer_{};
  std::streambuf* before_;
  bool terminal_;
};

}  // namespace rraebench
