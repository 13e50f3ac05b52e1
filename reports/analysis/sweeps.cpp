#include "reports/analysis/sweeps.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace rraebench {
namespace {

/// What the labels of a line have in common: "VAE" of "VAE beta=0.001".
std::string line_name(const LabelSummary& first, const std::string& option) {
  const auto suffix = first.label.rfind(" " + option + "=");
  return suffix == std::string::npos ? first.model : first.label.substr(0, suffix);
}

std::vector<SweepLine> lines_over(const Comparison& comparison, const std::string& option) {
  using OtherOptions = std::map<std::string, std::string>;
  std::map<std::pair<std::string, OtherOptions>, std::vector<SweepPoint>> groups;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& summary = comparison.labels[label];
    const auto found = summary.options.find(option);
    const auto value = found == summary.options.end() ? std::nullopt : swept_number(found->second);
    if (!value) continue;
    auto others = summary.options;
    others.erase(option);
    groups[{summary.model, others}].push_back({*value, label});
  }
  std::vector<SweepLine> lines;
  for (auto& [key, points] : groups) {
    std::sort(points.begin(), points.end(),
              [](const SweepPoint& a, const SweepPoint& b) { return a.value < b.value; });
    std::set<double> distinct;
    for (const auto& point : points) distinct.insert(point.value);
    if (distinct.size() < kFewestSweptValues || distinct.size() != points.size()) continue;
    const auto& first = comparison.labels[points.front().label];
    lines.push_back({line_name(first, option), first.colour, std::move(points)});
  }
  return lines;
}

}  // namespace

std::optional<SweptName> swept_name(const std::string& name) {
  const auto space = name.rfind(' ');
  const auto equals = space == std::string::npos ? space : name.find('=', space);
  if (equals == std::string::npos) return std::nullopt;
  return SweptName{name.substr(0, space), name.substr(space + 1, equals - space - 1),
                   name.substr(equals + 1)};
}

std::optional<double> swept_number(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool same_name(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto one = swept_name(a);
  const auto other = swept_name(b);
  if (!one || !other || one->name != other->name || one->option != other->option) return false;
  const auto number = swept_number(one->value);
  return number && number == swept_number(other->value);
}

std::vector<Sweep> find_sweeps(const Comparison& comparison) {
  std::set<std::string> options;
  for (const auto& label : comparison.labels)
    for (const auto& [name, value] : label.options) options.insert(name);
  std::vector<Sweep> sweeps;
  for (const auto& option : options)
    if (auto lines = lines_over(comparison, option); !lines.empty())
      sweeps.push_back({option, std::move(lines)});
  return sweeps;
}

}  // namespace rraebench
