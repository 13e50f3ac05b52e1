#include "host/worker/environment.hpp"

#include "host/common/events.hpp"
#include "host/common/version.hpp"
#include "rraebench/abi.hpp"

#include <c10/util/StringUtil.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>
#include <torch/version.h>

#include <dlfcn.h>
#include <fstream>
#include <sys/utsname.h>
#include <unistd.h>

namespace rraebench {
namespace {

constexpr int kOpenBlasPthreads =
    1;  // Of openblas_get_parallel(): 0 sequential, 1 its own threads, 2 OpenMP.

/// OpenBLAS says which it is; other libraries are not asked.
template <typename Function>
Function* openblas_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

std::string blas_name() {
  if (auto* config = openblas_function<char*()>("openblas_get_config")) return config();
  return at::hasMKL() ? "MKL" : "unknown";
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::string device_name(torch::Device device) {
  return device.is_cuda() ? "cuda:" + std::to_string(std::max<int>(device.index(), 0)) : "cpu";
}

}  // namespace

EnvironmentRecord describe_environment(torch::Device device, std::int64_t threads) {
  EnvironmentRecord environment;
  environment.program_version = program_version();
  environment.libtorch_version = TORCH_VERSION;
  environment.compiler = "g++ " __VERSION__;
  environment.blas = blas_name();
  utsname system{};
  if (uname(&system) == 0) environment.operating_system = std::string(system.sysname) + " " + system.release;
  environment.cpu = processor_name();
  environment.cores = sysconf(_SC_NPROCESSORS_ONLN);
  environment.memory_bytes = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
  environment.device = device_name(device);
  environment.threads = threads;
  return environment;
}

std::string machine_words(torch::Device device, std::int64_t threads) {
  return c10::str(processor_name(), ", ", device_name(device), ", ", threads,
                  threads == 1 ? " thread" : " threads", ", LibTorch ", TORCH_VERSION);
}

std::optional<std::string> blas_warning() {
  auto* parallel = openblas_function<int()>("openblas_get_parallel");
  if (parallel == nullptr || parallel() != kOpenBlasPthreads) return std::nullopt;
  return "this OpenBLAS starts threads of its own beside LibTorch's OpenMP ones, which makes training "
         "several times "
         "slower; install libopenblas0-openmp";
}

nlohmann::json describe_installation() {
  const auto warning = blas_warning();
  auto description = event_of(describe_environment(torch::kCPU, at::get_num_threads()));
  description["blas_warning"] = warning ? nlohmann::json(*warning) : nlohmann::json();
  description["abi"] = RRAEBENCH_ABI;
  description["openmp"] = at::hasOpenMP();
  description["gpus"] = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
  return description;
}

}  // namespace rraebench
