#pragma once
// Implements: the worker's events, a JSON object a line, on what was standard output.

#include <nlohmann/json_fwd.hpp>

namespace rraebench {

/// Standard output itself becomes standard error, so that a plugin that prints cannot break the lines.
class EventWriter {
 public:
  EventWriter();
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Throws InterruptedError where nobody listens any more, std::runtime_error where a plugin closed the
  /// descriptor.
  void write(const nlohmann::json& event) const;

 private:
  int descriptor_;
};

}  // namespace rraebench
