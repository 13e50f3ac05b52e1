#include "reports/render/claim_words.hpp"

#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"

#include <fmt/format.h>

#include <cmath>

namespace rraebench {
namespace {

constexpr int kDigits = 3;
constexpr int kMostDigits = 9;

std::string with_unit(const std::string& figure, const std::string& unit) {
  return unit.empty() ? figure : figure + " " + unit;
}

Cell cell(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Cell(*value) : Cell();
}

/// As many as tell the mean and its interval from the bounds of the claim.
int digits_apart(const DecidedClaim& decided) {
  const double value = decided.claim.value.value_or(0.0);
  const double tolerance = decided.claim.tolerance.value_or(0.0);
  const auto apart = [&](int digits) {
    const auto text = [&](double figure) { return format_figure(figure, std::nullopt, digits); };
    for (const double figure : {*decided.effect, *decided.lower, *decided.upper})
      for (const double bound : {value - tolerance, value + tolerance})
        if (figure != bound && text(figure) == text(bound)) return false;
    return true;
  };
  int digits = kDigits;
  while (digits < kMostDigits && !apart(digits)) ++digits;
  return digits;
}

}  // namespace

std::string describe_evidence(const DecidedClaim& decided) {
  if (!decided.effect) return decided.reason;
  const bool difference = decided.claim.kind == "better";
  const int digits = difference ? kDigits : digits_apart(decided);
  const auto figure = [&](double value) {
    return difference ? format_signed(value, std::nullopt) : format_figure(value, std::nullopt, digits);
  };
  auto text = fmt::format("{} {}", difference ? "difference" : "mean",
                          with_unit(figure(*decided.effect), decided.unit));
  if (std::isfinite(*decided.lower) && std::isfinite(*decided.upper))
    text += fmt::format(", 95 % interval {} to {}", figure(*decided.lower), figure(*decided.upper));
  if (decided.from)
    text +=
        fmt::format(", at equal {} from {} to {}", metric_title(figure_parts(decided.claim.at_equal).second),
                    format_figure(*decided.from, std::nullopt),
                    with_unit(format_figure(*decided.to, std::nullopt), decided.rate_unit));
  text += fmt::format(", n={}", decided.seeds);
  if (decided.instruments > 1)
    text += fmt::format(" (by {} instruments, each the same seeds of both)", decided.instruments);
  if (decided.test != PairTest::kNone) text += fmt::format(", {}", pair_test_name(decided.test));
  if (!decided.reason.empty()) text += ", " + decided.reason;
  return text;
}

std::string describe_claim_figure(const DecidedClaim& decided) {
  const auto& claim = decided.claim;
  std::string text = claim.label;
  const auto bound = [](const std::optional<double>& value) { return format_as_given(value.value_or(0.0)); };
  if (claim.kind == "better") text += " better than " + claim.than;
  if (claim.kind == "at_most") text += " at most " + bound(claim.value);
  if (claim.kind == "at_least") text += " at least " + bound(claim.value);
  if (claim.kind == "within") text += " within " + bound(claim.tolerance) + " of " + bound(claim.value);
  text += fmt::format(", {}/{}", claim.protocol, claim.name);
  const auto kind = claim.variant + (claim.variant.empty() || claim.split.empty() ? "" : ", ") + claim.split;
  if (!kind.empty()) text += " (" + kind + ")";
  if (!claim.at_equal.empty()) text += ", at equal " + claim.at_equal;
  return text + ", comparison " + claim.comparison;
}

Table claim_table(const std::vector<DecidedClaim>& claims) {
  Table table{{"claim",   "verdict", "evidence",   "figure", "n",    "effect",   "lower",    "upper",
               "source",  "suite",   "comparison", "label",  "kind", "than",     "protocol", "name",
               "variant", "split",   "unit",       "test",   "p",    "at_equal", "from",     "to"},
              {}};
  for (const auto& decided : claims) {
    const auto& claim = decided.claim;
    table.rows.push_back({claim.text,
                          std::string(claim_outcome_name(decided.outcome)),
                          describe_evidence(decided),
                          describe_claim_figure(decided),
                          static_cast<std::int64_t>(decided.seeds),
                          cell(decided.effect),
                          cell(decided.lower),
                          cell(decided.upper),
                          claim.source,
                          decided.suite,
                          claim.comparison,
                          claim.label,
                          claim.kind,
                          claim.than,
                          claim.protocol,
                          claim.name,
                          claim.variant,
                          claim.split,
                          decided.unit,
                          std::string(pair_test_name(decided.test)),
                          cell(decided.p_value),
                          claim.at_equal,
                          cell(decided.from),
                          cell(decided.to)});
  }
  return table;
}

Table claim_words_table(const std::vector<DecidedClaim>& claims) {
  Table table{{"claim", "verdict", "evidence", "p", "figure", "source"}, {}};
  for (const auto& decided : claims)
    table.rows.push_back({decided.claim.text, std::string(claim_outcome_name(decided.outcome)),
                          describe_evidence(decided),
                          decided.p_value ? format_figure(*decided.p_value, std::nullopt, 2) : std::string(),
                          describe_claim_figure(decided), decided.claim.source});
  return table;
}

}  // namespace rraebench
