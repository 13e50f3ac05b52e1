#include "reports/render/rank_picture.hpp"

#include "reports/render/glossary.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rraebench {
namespace {

constexpr double kWidth = 480.0;
constexpr double kLeft = 150.0;  // Room for labels.
constexpr double kRight = 16.0;
constexpr double kTop = 10.0;
constexpr double kRow = 20.0;
constexpr std::size_t kLongestLabel = 24;

}  // namespace

std::string render_ranks(const Ranking& ranking, const SvgOptions& options) {
  const auto count = static_cast<double>(ranking.models.size());
  const double bottom = kTop + kRow * count;
  const double half = ranking.critical_difference.value_or(0.0) / 2.0;
  const double lowest = std::min(1.0, ranking.models.front().mean_rank - half);
  const double highest = std::max(count, ranking.models.back().mean_rank + half);
  const auto place = [&](double rank) {
    return kLeft + (rank - lowest) / (highest - lowest) * (kWidth - kLeft - kRight);
  };
  const double below = bottom + 40.0;
  auto svg = open_svg(kWidth, below + height_of_note(options), options);
  svg += "<g class=\"axes\">";
  for (std::size_t rank = 1; rank <= ranking.models.size(); ++rank) {
    const double x = place(static_cast<double>(rank));
    svg += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", x, kTop,
                       bottom);
    svg +=
        fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x, bottom + 14.0, rank);
  }
  svg += fmt::format(
      "<text class=\"title\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">mean rank, 1 is best</text></g>",
      (kLeft + kWidth - kRight) / 2.0, bottom + 31.0);
  for (std::size_t i = 0; i < ranking.models.size(); ++i) {
    const auto& [label, colour, rank] = ranking.models[i];
    const double y = kTop + kRow * (static_cast<double>(i) + 0.5);
    const auto paint = series_paint(colour, options.standalone);
    svg += fmt::format("<g><title>{}: {:.2f}</title>", escape_html(printable(label)), rank);
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" dy=\"0.32em\" text-anchor=\"end\">{}</text>",
                       kLeft - 10.0, y, escape_html(printable(label, kLongestLabel)));
    svg += fmt::format(
        "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"3\" "
        "stroke-opacity=\"0.45\"/>",
        place(rank - half), place(rank + half), y, y, paint);
    svg +=
        fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/></g>", place(rank), y, paint);
  }
  return svg + draw_note(options, below) + "</svg>";
}

std::string describe_ranking(const Ranking& ranking) {
  const auto kind = column_kind(ranking.column);
  auto text = fmt::format("{}: {}{} over {} comparisons. Friedman's test: p = {:.2g}",
                          protocol_title(ranking.column.protocol), metric_title(ranking.column.name),
                          kind.empty() ? "" : " (" + kind + ")", ranking.comparisons.size(), ranking.p_value);
  if (ranking.critical_difference)
    text += fmt::format("; mean ranks further apart than {:.2f} differ at 0.05 (Nemenyi)",
                        *ranking.critical_difference);
  return text + ".";
}

}  // namespace rraebench
