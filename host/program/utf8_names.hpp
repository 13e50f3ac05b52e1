#pragma once
// Implements: the demand that names which reach the worker and the database are UTF-8.

#include <string>

namespace rraebench {

/// Throws UserError where `name` is not UTF-8. `what`: "--db".
void require_utf8(const std::string& what, const std::string& name);

}  // namespace rraebench
