#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/selection_options.hpp"
#include "host/program/standard_output.hpp"
#include "reports/analysis/changes.hpp"
#include "reports/analysis/selection.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/past_state.hpp"
#include "reports/store/report_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <optional>

namespace rraebench {
namespace {

namespace po = boost::program_options;

ReportRows read(const ResultsDatabase& database, const Selection& selection) {
  auto rows = read_report_rows(database, selection.suites);
  keep_selected(rows, selection);
  return rows;
}

/// How many decimals show the smaller of two figures to three digits and their difference to two.
int decimals_apart(double a, double b) {
  int decimals = 0;
  const auto show = [&](double size, int digits) {
    if (std::isfinite(size) && size > 0.0)
      decimals = std::max(decimals, digits - 1 - static_cast<int>(std::floor(std::log10(size))));
  };
  for (const double value : {a, b}) show(std::abs(value), 3);
  show(std::abs(a - b), 2);
  return std::min(decimals, 15);
}

double rounded(double value, int decimals) {
  const double unit = std::pow(10.0, decimals);
  return std::abs(value) < 1e15 / unit ? std::round(value * unit) / unit : value;
}

Cell number(const SummaryStatistics& summary, const std::optional<int>& decimals) {
  if (!has_mean(summary)) return {};
  return decimals ? rounded(summary.mean, *decimals) : summary.mean;
}

/// `for_people`: figures are rounded, as in reports.
Table table_of(const std::vector<Change>& changes, bool for_people) {
  Table table;
  table.columns = {"change", "suite",   "comparison",   "label",       "figure", "before",
                   "after",  "percent", "seeds_before", "seeds_after", "p"};
  for (const auto& change : changes) {
    const auto seeds_before = static_cast<std::int64_t>(change.before.count);
    const auto seeds_after = static_cast<std::int64_t>(change.after.count);
    std::string figure = "runs that went well";
    Cell before = seeds_before;
    Cell after = seeds_after;
    Cell percent;
    if (!change.column.name.empty()) {
      const bool both = has_mean(change.before) && has_mean(change.after);
      std::optional<int> decimals;
      if (for_people)
        decimals =
            both ? decimals_apart(change.before.mean, change.after.mean)
                 : decimals_apart(has_mean(change.before) ? change.before.mean : change.after.mean, 0.0);
      before = number(change.before, decimals);
      after = number(change.after, decimals);
      figure = change.column.protocol + "/" + change.column.name;
      for (const auto* part : {&change.column.variant, &change.column.split})
        if (!part->empty()) figure += " " + *part;
      const double relative = 100.0 * (change.after.mean / change.before.mean - 1.0);
      // Of a figure that is gone there is nothing to take a share of.
      if (both && std::isfinite(relative)) percent = for_people ? rounded(relative, 2) : relative;
    }
    Cell p;
    if (change.p_value) p = for_people ? rounded(*change.p_value, 4) : *change.p_value;
    table.rows.push_back({change_name(change.kind), change.place.suite, change.place.comparison,
                          change.place.label, figure, before, after, percent, seeds_before, seeds_after, p});
  }
  return table;
}

bool is_quiet(const Change& change) {
  // With other seeds or another instrument, but the same figure.
  const bool is_equal = change.kind == ChangeKind::kIncomparable && has_mean(change.before) &&
                        has_mean(change.after) && change.before.mean == change.after.mean;
  return is_equal || change.kind == ChangeKind::kSame || change.kind == ChangeKind::kWithinNoise;
}

/// "2 worse, 1 better, 40 same"
std::string summarise(const std::vector<Change>& changes) {
  std::map<ChangeKind, std::size_t> counts;
  for (const auto& change : changes) ++counts[change.kind];
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) parts.push_back(fmt::format("{} {}", count, change_name(kind)));
  return parts.empty() ? "nothing to compare: the two have no model in common"
                       : fmt::format("{}", fmt::join(parts, ", "));
}

/// Two files, or one before `since` and as it is.
std::vector<Change> changes_of(const std::vector<std::string>& files, const std::optional<std::string>& since,
                               const Selection& selection, double tolerance) {
  const auto before = since ? ResultsDatabase::open_as_of(files.front(), *since)
                            : ResultsDatabase::open_read_only(files.front());
  return find_changes(read(before, selection), read(ResultsDatabase::open_read_only(files.back()), selection),
                      tolerance);
}

}  // namespace

CommandLine compare_command_line() {
  CommandLine line{
      "rraebench compare OLD.db NEW.db [OPTION...]\n       rraebench compare FILE.db --since MOMENT "
      "[OPTION...]",
      "Says what changed between two results databases, or in one since a moment: every figure of the "
      "models\n"
      "that both have, tested over seeds from three on (Holm's correction for all; with fewer by "
      "--tolerance\n"
      "alone, times not at all), and models and figures that fail now or no longer. Exit code 1 where "
      "something\n"
      "got worse or fails now.",
      po::options_description("options"),
      "file",
      2,
      {"rraebench compare before.db after.db", "rraebench compare results.db --since 2026-11-27",
       "rraebench compare main.db branch.db --suite quick --tolerance 5 --format markdown"}};
  using Texts = std::vector<std::string>;
  line.options.add_options()("tolerance", po::value<double>()->default_value(1.0, "1"),
                             "percent of its mean by which a figure may move without being a change")(
      "since", po::value<std::string>(),
      "of one file: what it held before this day or moment (UTC, as 2026-11-27 or 2026-11-27T14:30:00Z) is "
      "the old state")("suite", po::value<Texts>(), "only this suite; may be repeated")(
      "all", "also what did not change")("require-all", "exit code 1 also where a model or a figure is gone")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown");
  add_selection_options(line.options);
  return line;
}

int run_compare(const std::vector<std::string>& arguments) {
  auto line = compare_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  const auto files = option_texts(*values, "file");
  const auto since =
      values->count("since") > 0 ? std::optional((*values)["since"].as<std::string>()) : std::nullopt;
  const auto moment = since ? moment_of(*since) : std::nullopt;
  if (since && !moment)
    throw UserError("--since is '" + *since + "' but must be a day or moment in UTC, such as 2026-11-27");
  if (files.size() != (since ? 1U : 2U))
    throw UserError("compare which two databases, or which one --since when? see rraebench compare --help");
  const auto tolerance = (*values)["tolerance"].as<double>();
  if (!(tolerance >= 0.0 && tolerance <= 100.0))
    throw UserError(fmt::format("--tolerance is {:g} but must be a percentage from 0 to 100", tolerance));
  const auto format = parse_table_format((*values)["format"].as<std::string>());
  const auto selection = selection_of(*values);
  const auto changes = changes_of(files, moment, selection, tolerance / 100.0);
  auto shown = changes;
  if (values->count("all") == 0)
    shown.erase(std::remove_if(shown.begin(), shown.end(), is_quiet), shown.end());
  if (!shown.empty() || format != TableFormat::kText)
    std::cout << format_table(
        table_of(shown, format == TableFormat::kText || format == TableFormat::kMarkdown), format,
        output_layout());
  std::cerr << summarise(changes) << "\n";
  const bool all = values->count("require-all") > 0;
  const bool worse = std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
    return change.kind == ChangeKind::kWorse || change.kind == ChangeKind::kFails ||
           (all && change.kind == ChangeKind::kGone);
  });
  return worse ? kExitSomeFailed : kExitOk;
}

}  // namespace rraebench
