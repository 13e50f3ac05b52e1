#include "host/program/planning/resources.hpp"

#include "host/common/errors.hpp"
#include "host/common/precision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

/// 0, or the errno of the first step that failed: making a file, writing into it, giving it to the disk.
int try_to_write(const fs::path& folder) {
  auto name = (folder / ".rraebench-probe-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return errno;
  ::unlink(name.c_str());
  constexpr std::array<char, 4096> kBlock{};
  const auto written = ::write(file, kBlock.data(), kBlock.size());
  const int error = written == static_cast<ssize_t>(kBlock.size()) ? 0 : written < 0 ? errno : ENOSPC;
  ::close(file);
  return error;
}

std::int64_t rounded_up(double quota, double period) {
  return quota > 0 && period > 0 ? static_cast<std::int64_t>(std::ceil(quota / period)) : 0;
}

/// Cores by the quotas of this process's control group and of those above it, rounded up; 0: no quota.
std::int64_t quota_cores() {
  const fs::path root = "/sys/fs/cgroup";
  std::int64_t fewest = 0;
  const auto narrow = [&](std::int64_t cores) {
    if (cores > 0 && (fewest == 0 || cores < fewest)) fewest = cores;
  };
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::", 0) != 0) continue;  // Version 2.
    for (auto group = fs::path(line.substr(3)).relative_path();; group = group.parent_path()) {
      double quota = 0;
      double period = 0;
      if (std::ifstream file(root / group / "cpu.max"); file >> quota >> period)
        narrow(rounded_up(quota, period));
      if (group.empty()) break;
    }
  }
  double quota = 0;
  double period = 0;
  std::ifstream quota_file(root / "cpu" / "cpu.cfs_quota_us");  // Version 1.
  std::ifstream period_file(root / "cpu" / "cpu.cfs_period_us");
  if (quota_file >> quota && period_file >> period) narrow(rounded_up(quota, period));
  return fewest;
}

}  // namespace

fs::path nearest_existing(const fs::path& folder) {
  auto path = fs::absolute(folder).lexically_normal();
  std::error_code ignored;  // What cannot be looked at is not taken for missing.
  while (fs::symlink_status(path, ignored).type() == fs::file_type::not_found && path != path.root_path())
    path = path.parent_path();
  return path;
}

void require_writable(const fs::path& folder, const std::string& what, const std::string& remedy) {
  const auto fail = [&](const std::string& why) {
    throw UserError(fmt::format("cannot write the {} {}: {}; {}", what, folder.string(), why, remedy));
  };
  // In a folder for everybody's temporary files another user may have made it first.
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0 && status.st_uid != ::geteuid() && ::geteuid() != 0 &&
      (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0)
    fail("belongs to another user and everybody can write it");
  constexpr int kMostAttempts = 200;
  int failure = ENOENT;
  // Another program may just have removed what was there; one that does so again and again is not kept step
  // with.
  for (int attempt = 0; attempt < kMostAttempts && failure == ENOENT; ++attempt) {
    failure = try_to_write(nearest_existing(folder));
    if (failure == ENOENT) std::this_thread::sleep_for(std::chrono::microseconds(10 * attempt));
  }
  if (failure != 0) fail(std::strerror(failure));
}

void require_descriptors(std::int64_t jobs) {
  constexpr std::int64_t kOwn = 32;    // Standard streams, database and its log, claims, a start's pipes.
  constexpr std::int64_t kPerJob = 6;  // A worker's pipes and what watches it.
  const auto needed = static_cast<rlim_t>(kOwn + kPerJob * jobs);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
  const auto before = limit.rlim_cur;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  const bool raised = ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
  if (raised && limit.rlim_cur >= needed) return;
  throw UserError(fmt::format(
      "--jobs {} needs {} open files but this process may have {}; ask for fewer jobs or raise `ulimit -n`",
      jobs, needed, raised ? limit.rlim_cur : before));
}

bool processor_has_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

void require_precision(const std::string& precision, const std::string& device, const std::string& place) {
  if (precision == kTf32 && device == "cpu")
    throw UserError(place +
                    "precision is tf32, which GPUs alone have; use --device cuda, or float32 "
                    "(--precision float32)");
  if (precision != "bfloat16" || device != "cpu" || processor_has_bfloat16()) return;
  throw UserError(place +
                  "precision is bfloat16, for which this processor has no instructions (AVX512-BF16 or AMX); "
                  "use float32 (--precision float32)");
}

std::int64_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const std::int64_t affinity = ::sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  const auto quota = quota_cores();
  return quota > 0 ? std::min(affinity, quota) : affinity;
}

}  // namespace rraebench
