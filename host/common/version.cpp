#include "host/common/version.hpp"

namespace rraebench {

const char* program_version() {
  return RRAEBENCH_VERSION;
}

}  // namespace rraebench
