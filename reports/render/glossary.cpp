#include "reports/render/glossary.hpp"

#include "reports/analysis/protocols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace rraebench {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 6> kAcronyms = {
    {{"fid", "FID"}, {"kid", "KID"}, {"kl", "KL"}, {"psnr", "PSNR"}, {"ssim", "SSIM"}, {"mse", "MSE"}}};

std::string spaced(const std::string& name) {
  std::string title;
  std::string word;
  const auto flush = [&] {
    const auto* known =
        std::find_if(kAcronyms.begin(), kAcronyms.end(), [&](const Pair& p) { return p.first == word; });
    if (!title.empty()) title += ' ';
    title += known != kAcronyms.end() ? std::string(known->second) : word;
    word.clear();
  };
  for (const char c : name) {
    if (c == '_')
      flush();
    else
      word += c;
  }
  flush();
  if (!title.empty()) title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

}  // namespace

std::string protocol_title(const std::string& protocol) {
  for (const auto& known : kAllProtocols)
    if (known.name == protocol) return std::string(known.title);
  return spaced(protocol);
}

std::string metric_title(const std::string& name) {
  return spaced(name);
}

std::string better_arrow(const std::string& better) {
  return better == "lower" ? "↓" : better == "higher" ? "↑" : "";
}

std::string join_parts(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : " · ") + part;
  return text;
}

std::string column_kind(const MetricColumn& column) {
  return join_parts({column.variant, column.split});
}

std::string column_instrument(const MetricColumn& column) {
  constexpr std::size_t kShortHash = 8;
  if (column.extractor_sha256.empty()) return column.extractor;
  return column.extractor + "@" + column.extractor_sha256.substr(0, kShortHash);
}

std::string column_counts(const MetricColumn& column) {
  if (column.reference_count > 0 && column.sample_count > 0)
    return fmt::format("{} real, {} own samples", column.reference_count, column.sample_count);
  if (column.reference_count > 0) return fmt::format("{} real samples", column.reference_count);
  if (column.sample_count > 0) return fmt::format("{} samples", column.sample_count);
  return {};
}

std::string column_basis(const MetricColumn& column) {
  return join_parts({column_instrument(column), column_counts(column), column.machine});
}

std::string column_words(const MetricColumn& column, const std::string& basis) {
  auto figure = metric_title(column.name);
  if (!column.unit.empty()) figure += ", " + column.unit;
  if (!column.better.empty()) figure += " " + better_arrow(column.better);
  return join_parts({figure, column_kind(column), basis});
}

}  // namespace rraebench
