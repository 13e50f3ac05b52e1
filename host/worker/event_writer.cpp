#include "host/worker/event_writer.hpp"

#include "host/common/stop_request.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace rraebench {

EventWriter::EventWriter() : descriptor_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

EventWriter::~EventWriter() {
  ::close(descriptor_);
}

void EventWriter::write(const nlohmann::json& event) const {
  // Text from a plugin need not be UTF-8.
  const auto line = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t written = 0; written < line.size();) {
    const auto count = ::write(descriptor_, line.data() + written, line.size() - written);
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno == EPIPE) {
      request_stop();
      throw InterruptedError();
    } else if (errno != EINTR) {
      throw std::runtime_error(std::string("events cannot be written: ") + std::strerror(errno));
    }
  }
}

}  // namespace rraebench
