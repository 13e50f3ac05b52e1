#include "reports/analysis/sweeps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace rraebench {
namespace {

constexpr std::size_t kFewestPoints = 3;

std::optional<double> number(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

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
    const auto value = found == summary.options.end() ? std::nullopt : number(found->second);
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
    if (distinct.size() < kFewestPoints || distinct.size() != points.size()) continue;
    const auto& first = comparison.labels[points.front().label];
    lines.push_back({line_name(first, option), first.colour, std::move(points)});
  }
  return lines;
}

/// Neighbouring values of the option under which a figure prints the same.
struct Plateau {
  double first;
  double last;
  std::string figure;
};

std::vector<Plateau> plateaus(const SweepLine& line, const MetricTable& table, std::size_t column) {
  std::vector<Plateau> found;
  for (const auto& point : line.points) {
    const auto& cell = table.cells[point.label][column];
    if (cell.n == 0) continue;
    if (!found.empty() && found.back().figure == cell.mean_text)
      found.back().last = point.value;
    else
      found.push_back({point.value, point.value, cell.mean_text});
  }
  return found;
}

std::string describe_plateaus(const std::vector<Plateau>& plateaus, const std::string& option) {
  const auto& start = plateaus.front();
  if (plateaus.size() == 1)
    return fmt::format("{} active units from {} = {:g} to {:g}", start.figure, option, start.first,
                       start.last);
  auto text = fmt::format("{} active units {} {} = {:g}", start.figure,
                          start.first == start.last ? "at" : "up to", option, start.last);
  for (std::size_t i = 1; i < plateaus.size(); ++i) {
    const auto& [first, last, figure] = plateaus[i];
    if (first == last)
      text += fmt::format(", {} at {:g}", figure, first);
    else if (i + 1 == plateaus.size())
      text += fmt::format(", {} from {:g} on", figure, first);
    else
      text += fmt::format(", {} from {:g} to {:g}", figure, first, last);
  }
  return text;
}

}  // namespace

std::vector<std::string> describe_collapse(const Comparison& comparison, const Sweep& sweep) {
  std::vector<std::string> sentences;
  for (const auto& table : comparison.tables)
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      if (table.columns[column].name != "active_units") continue;
      for (const auto& line : sweep.lines)
        if (const auto found = plateaus(line, table, column); !found.empty())
          sentences.push_back(fmt::format("{}: {}.", line.name, describe_plateaus(found, sweep.option)));
    }
  return sentences;
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
