#include "reports/analysis/absence.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace rraebench {
namespace {

bool is_given(const MetricCell& cell) {
  return cell.summary.count > 0 || cell.not_a_number > 0;
}

template <typename Wanted>
bool gives_any(const MetricTable& table, std::size_t label, const Wanted& wanted) {
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    if (wanted(table.columns[column]) && is_given(table.cells[label][column])) return true;
  return false;
}

template <typename Wanted>
void explain(MetricTable& table, std::size_t label, const std::string& reason, const Wanted& wanted) {
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    if (wanted(table.columns[column]) && !is_given(table.cells[label][column]))
      table.cells[label][column].why_absent = reason;
}

bool is_noted(const AskedOfLabel& asked, const std::string& text) {
  return std::any_of(asked.notes.begin(), asked.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

void explain_samples(MetricTable& table, std::size_t label, const AskedOfLabel& asked) {
  for (const std::string sampler : {"prior", "posterior"}) {
    const auto is_drawn_so = [&](const MetricColumn& column) { return column.variant == sampler; };
    const auto is_drawn_otherwise = [&](const MetricColumn& column) { return column.variant != sampler; };
    if (asked.samplers.count(sampler) > 0 && !gives_any(table, label, is_drawn_so) &&
        gives_any(table, label, is_drawn_otherwise) && !is_noted(asked, "generate " + sampler))
      explain(table, label, "no " + sampler, is_drawn_so);
  }
}

/// Every posterior has this figure.
constexpr const char* kOfEveryPosterior = "mutual_information";
constexpr std::array<std::string_view, 3> kOfPosteriors = {kOfEveryPosterior, "kl_total",
                                                           "collapsed_fraction"};

void explain_collapse(MetricTable& table, std::size_t label, const AskedOfLabel& asked) {
  const auto is_telling = [](const MetricColumn& column) { return column.name == kOfEveryPosterior; };
  const bool is_known = std::any_of(table.columns.begin(), table.columns.end(), is_telling);
  if (!is_known || gives_any(table, label, is_telling) || is_noted(asked, kOfEveryPosterior) ||
      !gives_any(table, label, [](const MetricColumn&) { return true; }))
    return;
  explain(table, label, "no posterior", [](const MetricColumn& column) {
    return std::find(kOfPosteriors.begin(), kOfPosteriors.end(), column.name) != kOfPosteriors.end();
  });
}

}  // namespace

void explain_absences(std::vector<MetricTable>& tables, const std::vector<AskedOfLabel>& labels) {
  for (auto& table : tables)
    for (std::size_t label = 0; label < labels.size(); ++label) {
      if (table.protocol == "generate") explain_samples(table, label, labels[label]);
      if (table.protocol == "collapse") explain_collapse(table, label, labels[label]);
    }
}

}  // namespace rraebench
