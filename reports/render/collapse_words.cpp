#include "reports/render/collapse_words.hpp"

#include "reports/render/figure_format.hpp"

#include <fmt/format.h>

namespace rraebench {
namespace {

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
    if (cell.summary.count == 0) continue;
    const auto figure = format_figure(cell.summary.mean, std::nullopt);
    if (!found.empty() && found.back().figure == figure)
      found.back().last = point.value;
    else
      found.push_back({point.value, point.value, figure});
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

}  // namespace rraebench
