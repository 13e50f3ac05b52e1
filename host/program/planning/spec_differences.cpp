#include "host/program/planning/spec_differences.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace rraebench {
namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string text_of(const nlohmann::json& flat, const std::string& pointer) {
  const auto found = flat.find(pointer);
  if (found == flat.end()) return "none";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string difference(const std::string& pointer, const nlohmann::json& before, const nlohmann::json& now) {
  auto name = pointer.substr(1);  // "/training/batch_size"
  std::replace(name.begin(), name.end(), '/', '.');
  const bool is_hash = name.find("sha256") != std::string::npos || ends_with(name, "fingerprint");
  if (is_hash) return name + " changed";
  return name + " " + text_of(before, pointer) + " -> " + text_of(now, pointer);
}

}  // namespace

std::string spec_differences(const nlohmann::json& before, const nlohmann::json& now, std::size_t most) {
  const auto flat_before = before.flatten();
  const auto flat_now = now.flatten();
  std::set<std::string> pointers;
  for (const auto* flat : {&flat_before, &flat_now})
    for (const auto& [pointer, value] : flat->items()) pointers.insert(pointer);
  std::vector<std::string> differences;
  for (const auto& pointer : pointers) {
    const auto here = flat_before.find(pointer);
    const auto there = flat_now.find(pointer);
    if (here != flat_before.end() && there != flat_now.end() && *here == *there) continue;
    differences.push_back(difference(pointer, flat_before, flat_now));
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(differences.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + differences[i];
  if (differences.size() > most) text += " and " + std::to_string(differences.size() - most) + " more";
  return text;
}

}  // namespace rraebench
