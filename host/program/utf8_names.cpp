#include "host/program/utf8_names.hpp"

#include "host/common/errors.hpp"
#include "reports/text.hpp"

namespace rraebench {

void require_utf8(const std::string& what, const std::string& name) {
  if (valid_utf8(name) != name) throw UserError(what + " is '" + name + "', which is not UTF-8; rename it");
}

}  // namespace rraebench
