#pragma once
// Implements: where a run happens: versions, BLAS, processor.

#include "reports/store/run_record.hpp"

#include <nlohmann/json_fwd.hpp>
#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace rraebench {

EnvironmentRecord describe_environment(torch::Device device, std::int64_t threads);

/// What a training's last digits depend on: "AMD EPYC, cpu, 2 threads, LibTorch 1.13.0".
std::string machine_words(torch::Device device, std::int64_t threads);

/// One line when the BLAS in use is known to be slow beside LibTorch's own threads; else nullopt.
std::optional<std::string> blas_warning();

/// What `rraebench doctor` asks for: describe_environment() on the CPU, and "blas_warning", "abi", "openmp"
/// and "gpus", their number.
nlohmann::json describe_installation();

}  // namespace rraebench
