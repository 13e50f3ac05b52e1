#pragma once
// Implements: where a run happens: versions, BLAS, processor.

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>

#include "reports/run_record.hpp"

namespace rraebench {

EnvironmentRecord describe_environment(torch::Device device, std::int64_t threads);

/// One line when the BLAS in use is known to be slow beside LibTorch's own threads; else nullopt.
std::optional<std::string> blas_warning();

}  // namespace rraebench
