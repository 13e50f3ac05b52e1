#pragma once
// Implements: this program's version, as `--version` and the results database give it.

namespace rraebench {

const char* program_version();

}  // namespace rraebench
