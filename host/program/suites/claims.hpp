#pragma once
// Implements: what a suite claims of its figures, read and held against what it measures.

#include "host/program/suites/suite.hpp"
#include "host/program/suites/toml_reader.hpp"

#include <vector>

namespace rraebench {

/// The tables [[claim]] of `top`. Throws UserError for a claim that no run of these comparisons could decide.
std::vector<ClaimRecord> read_claims(const TomlReader& top, const std::vector<SuiteComparison>& comparisons);

}  // namespace rraebench
