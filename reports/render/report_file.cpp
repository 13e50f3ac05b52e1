#include "reports/render/report_file.hpp"

namespace rraebench {
namespace {

constexpr std::size_t kLongestWord = 60;

std::string plain(const std::string& word) {
  std::string name;
  for (const char c : word) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter)
      name += c;
    else if (c >= 'A' && c <= 'Z')
      name += static_cast<char>(c - 'A' + 'a');
    else if (!name.empty() && name.back() != '-')
      name += '-';
    if (name.size() == kLongestWord) break;
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

}  // namespace

std::string FileNames::take(const std::vector<std::string>& words) {
  std::string name;
  for (const auto& word : words)
    if (const auto part = plain(word); !part.empty()) name += (name.empty() ? "" : "-") + part;
  if (name.empty()) name = "unnamed";
  auto unique = name;
  for (int number = 2; !taken_.insert(unique).second; ++number) unique = name + "-" + std::to_string(number);
  return unique;
}

}  // namespace rraebench
