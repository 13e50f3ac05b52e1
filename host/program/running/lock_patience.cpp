#include "host/program/running/lock_patience.hpp"

#include "host/common/stop_request.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <iostream>

namespace rraebench {

LockPatience patience_for(const std::filesystem::path& database) {
  return [database, next = 2.0](double seconds) mutable {
    if (seconds < next - 60.0) next = 2.0;  // Another wait.
    if (seconds >= next) {
      std::cerr << fmt::format("waiting for {}: another program writes to it\n", printable(database.string()))
                << std::flush;
      next += 60.0;
    }
    return !stop_requested();
  };
}

}  // namespace rraebench
