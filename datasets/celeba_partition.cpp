#include "datasets/celeba_partition.hpp"

#include "datasets/error.hpp"
#include "datasets/file_bytes.hpp"

#include <algorithm>
#include <cctype>
#include <unordered_set>

namespace rraebench {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 26;  // The official file holds 2.8 MB.
constexpr std::size_t kLongestName = 64;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace

CelebaPartition parse_celeba_partition(std::string_view text, const std::string& name) {
  CelebaPartition partition;
  std::unordered_set<std::string_view> seen;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto refuse = [&](const std::string& fault) {
      throw DatasetError(name + ":" + std::to_string(number) + ": " + fault + "; download it again");
    };
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    const auto space = line.find(' ');
    const auto image = line.substr(0, space);
    const auto part = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    if (!is_plain_name(image)) refuse("not the plain name of an image");
    if (part != "0" && part != "1" && part != "2") refuse("expected an image's name, a space and 0, 1 or 2");
    if (!seen.insert(image).second) refuse("image " + std::string(image) + " stands in it twice");
    (part == "0" ? partition.train : part == "1" ? partition.validation : partition.test).emplace_back(image);
  }
  if (number == 0) throw DatasetError(name + ": it is empty; download it again");
  return partition;
}

CelebaPartition read_celeba_partition(const std::filesystem::path& path) {
  return parse_celeba_partition(read_bytes(path, kMostBytes), path.string());
}

}  // namespace rraebench
