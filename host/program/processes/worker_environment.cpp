#include "host/program/processes/worker_environment.hpp"

#include <algorithm>
#include <string_view>

namespace rraebench {
namespace {

bool has(const std::vector<std::string>& entries, std::string_view name) {
  return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
    return entry.size() > name.size() && entry[name.size()] == '=' &&
           entry.compare(0, name.size(), name) == 0;
  });
}

}  // namespace

std::vector<std::string> worker_environment(const std::vector<std::string>& inherited,
                                            const std::string& mark) {
  const auto name_of_mark = mark.substr(0, mark.find('=') + 1);
  std::vector<std::string> entries;
  for (const auto& entry : inherited)
    if (entry.compare(0, name_of_mark.size(), name_of_mark) != 0) entries.push_back(entry);
  entries.push_back(mark);
  if (!has(inherited, "GOMP_SPINCOUNT") && !has(inherited, "OMP_WAIT_POLICY"))
    entries.emplace_back("GOMP_SPINCOUNT=1000");
  if (!has(inherited, "GLIBC_TUNABLES")) entries.emplace_back("GLIBC_TUNABLES=glibc.malloc.hugetlb=1");
  return entries;
}

}  // namespace rraebench
