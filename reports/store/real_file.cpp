#include "reports/store/real_file.hpp"

#include <system_error>

namespace rraebench {

namespace fs = std::filesystem;

fs::path real_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  auto target = fs::canonical(path, error);
  if (!error) return target;
  // It leads to what is not there yet, or in a circle.
  constexpr int kMostLinks = 40;
  target = path;
  for (int i = 0; i < kMostLinks && fs::is_symlink(target, error); ++i) {
    const auto next = fs::read_symlink(target, error);
    if (error) return path;
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target;
}

}  // namespace rraebench
