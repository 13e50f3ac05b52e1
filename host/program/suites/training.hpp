#pragma once
// Implements: how a suite's models are trained, read from TOML.

#include "host/common/cell.hpp"
#include "host/program/suites/toml_reader.hpp"

namespace rraebench {

/// What `training` of a comparison says. Throws UserError.
TrainingPlan read_training(const TomlReader& comparison);

}  // namespace rraebench
