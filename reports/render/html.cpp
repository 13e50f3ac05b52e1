#include "reports/render/html.hpp"

#include "reports/base64.hpp"
#include "reports/render/assets.hpp"
#include "reports/render/claim_words.hpp"
#include "reports/render/comparison_charts.hpp"
#include "reports/render/curve_panels.hpp"
#include "reports/render/data_sweep_charts.hpp"
#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/rank_picture.hpp"
#include "reports/render/report_words.hpp"
#include "reports/render/svg.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

using Data = kainjow::mustache::data;
using List = kainjow::mustache::data::type;

constexpr int kPictureWidth = 480;             // CSS pixels that small pictures are enlarged towards.
constexpr std::size_t kManyColumns = 9;        // More of them are printed smaller.
constexpr std::size_t kColumnsSideBySide = 2;  // Tables of no more columns share a line with another.
constexpr int kSmallPictureWidth = 480;        // Narrower pictures show their pixels as squares.

Data list() {
  return Data(List::list);
}
Data flag(bool value) {
  return Data(value ? List::bool_true : List::bool_false);
}
Data text_or_nothing(const std::string& text) {
  return text.empty() ? flag(false) : Data(text);
}
/// A section for each text, in which it is called `name`.
Data texts(const char* name, const std::vector<std::string>& sentences) {
  auto sections = list();
  for (const auto& sentence : sentences) {
    Data section;
    section.set(name, sentence);
    sections << section;
  }
  return sections;
}
std::string colour_class(std::size_t colour) {
  return std::to_string(colour % kPaletteSize);
}

std::string style_of(std::size_t style) {
  return std::to_string(style % kStyles);
}

std::string better_words(const std::string& better) {
  return better.empty() ? "" : better + " is better";
}

/// Where the page defines a metric.
std::string definition_anchor(const MetricColumn& column, const ReportOptions& options) {
  return options.definitions.count(column.name) > 0 ? "definition-" + column.name : std::string();
}

Data header_groups(const MetricTable& table, const ReportOptions& options) {
  auto groups = list();
  for (std::size_t first = 0; first < table.columns.size();) {
    const auto& column = table.columns[first];
    std::size_t end = first;
    while (end < table.columns.size() && table.columns[end].name == column.name &&
           table.columns[end].unit == column.unit && table.columns[end].better == column.better)
      ++end;
    Data group;
    group.set("metric", metric_title(column.name));
    group.set("span", std::to_string(end - first));
    group.set("several", flag(end - first > 1));
    group.set("definition", text_or_nothing(definition_anchor(column, options)));
    group.set("unit", text_or_nothing(column.unit));
    group.set("arrow", text_or_nothing(better_arrow(column.better)));
    group.set("arrow_tip", better_words(column.better));
    groups << group;
    first = end;
  }
  return groups;
}

// The longest meter of a column stands for its largest mean. None where neither more nor less is better,
// where there is nothing to compare, or where means are not all positive.
std::vector<double> meter_scale(const MetricTable& table) {
  std::vector<double> largest(table.columns.size(), 0.0);
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    int measured = 0;
    bool comparable = !table.columns[column].better.empty();
    for (const auto& row : table.cells) {
      const auto& cell = row[column];
      if (cell.summary.count == 0) continue;
      ++measured;
      comparable = comparable && std::isfinite(cell.summary.mean) && cell.summary.mean >= 0.0;
      largest[column] = std::max(largest[column], cell.summary.mean);
    }
    if (!comparable || measured < 2) largest[column] = 0.0;
  }
  return largest;
}

Data figure_cell(const MetricCell& cell, const PrintedFigure& figure, const LabelSummary& label,
                 double scale) {
  const auto& summary = cell.summary;
  Data data;
  data.set("measured", flag(summary.count > 0));
  data.set("colour", colour_class(label.colour));
  if (summary.count == 0) {
    data.set("absent", describe_absence(cell, label.tally));
    return data;
  }
  data.set("sort", fmt::format("{}", summary.mean));
  data.set("mean", figure.mean);
  data.set("deviation", text_or_nothing(figure.spread));
  data.set("best", flag(cell.mark != Mark::kNone));
  data.set("count", text_or_nothing(describe_exception(cell, label.tally)));
  data.set("bar", scale > 0.0 ? Data(fmt::format("{:.1f}", 100.0 * summary.mean / scale)) : flag(false));
  return data;
}

/// A row a seed of each label, with its run's number.
Data seed_rows(const MetricTable& table, const Comparison& comparison) {
  auto rows = list();
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    std::map<std::int64_t, std::vector<std::string>> values;  // By seed.
    std::map<std::int64_t, std::int64_t> runs;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      for (const auto& entry : table.cells[label][column].values) {
        auto& row = values[entry.seed];
        row.resize(table.columns.size());
        row[column] = format_figure(entry.value, std::nullopt);
        runs[entry.seed] = entry.run;
      }
    for (const auto& [seed, figures] : values) {
      Data row;
      row.set("label", comparison.labels[label].label);
      row.set("seed", std::to_string(seed));
      row.set("run", std::to_string(runs[seed]));
      auto cells = list();
      for (const auto& figure : figures) {
        Data cell;
        cell.set("value", figure);
        cells << cell;
      }
      row.set("cells", cells);
      rows << row;
    }
  }
  return rows;
}

Data table_data(const MetricTable& table, const Comparison& comparison, const ReportOptions& options) {
  Data data;
  const auto basis = basis_of(table);
  data.set("table_title", protocol_title(table.protocol));
  data.set("basis", text_or_nothing(basis.common));
  data.set("wide", flag(table.columns.size() > kColumnsSideBySide));
  data.set("groups", header_groups(table, options));
  auto columns = list();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    Data head;
    head.set("kind", column_kind(table.columns[i]));
    head.set("column_basis", text_or_nothing(basis.own[i]));
    columns << head;
  }
  data.set("columns", columns);
  const auto scale = meter_scale(table);
  const auto printed = print_table(table, options.interval);
  auto rows = list();
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& summary = comparison.labels[label];
    Data row;
    row.set("label", summary.label);
    row.set("style", style_of(summary.colour));
    row.set("colour", colour_class(summary.colour));
    row.set("tally", describe(summary.tally));
    row.set("trouble", flag(summary.tally.ok < summary.tally.expected));
    auto cells = list();
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      cells << figure_cell(table.cells[label][column], printed[label][column], summary, scale[column]);
    row.set("cells", cells);
    rows << row;
  }
  data.set("rows", rows);
  data.set("marks", texts("sentence", describe_marks(table)));
  data.set("seeds", seed_rows(table, comparison));
  data.set("many", flag(table.columns.size() > kManyColumns));
  return data;
}

/// `of` is what the charts show, for who cannot see them.
Data charts_data(const std::vector<TitledChart>& titled, const std::string& of) {
  auto charts = list();
  for (const auto& [title, note, chart, key] : titled) {
    Data data;
    auto legend = list();
    for (const auto& entry : key) {
      Data item;
      item.set("label", entry.name);
      item.set("style", style_of(entry.style));
      item.set("colour", colour_class(entry.style));
      legend << item;
    }
    data.set("legend", legend);
    data.set("chart_title", title);
    data.set("chart_note", note);
    data.set("singles", flag(std::any_of(chart.lines.begin(), chart.lines.end(),
                                         [](const ChartLine& line) { return line.single; })));
    data.set("svg", render_svg(chart, {fmt::format("{} of {}: {}", title, of, note), false, {}}));
    charts << data;
  }
  return charts;
}

Data bars_data(const Comparison& comparison) {
  auto groups = list();
  for (const auto& group : bar_groups(comparison)) {
    auto bars = list();
    for (const auto& [label, seed, chart] : group.bars) {
      const auto& summary = comparison.labels[label];
      Data bar;
      bar.set("label", summary.label);
      bar.set("colour", colour_class(summary.colour));
      bar.set("style", style_of(summary.colour));
      bar.set("seed", std::to_string(seed));
      bar.set("svg", render_svg(chart, {fmt::format("{} of {}", group.title, summary.label), false, {}}));
      bars << bar;
    }
    Data data;
    data.set("bars_title", group.title);
    data.set("bars_note", group.note);
    data.set("bars", bars);
    groups << data;
  }
  return groups;
}

Data picture_data(const ReportImage& entry, const LabelSummary& summary, const std::string& title) {
  const auto& image = entry.image;
  const auto shown = entry.shared ? std::string("originals") : summary.label;
  const auto alt = fmt::format("{}, {}: {}", title, shown, image.caption);
  Data picture;
  if (image.format == kCurvesPicture) {
    picture.set("svg", render_curve_panels(image, {alt, false, {}}));
  } else {
    const int enlarged = std::max(1, kPictureWidth / image.width);
    picture.set("png", base64_encode(image.content));
    picture.set("alt", alt);
    picture.set("width", std::to_string(image.width * enlarged));
    picture.set("height", std::to_string(image.height * enlarged));
    picture.set("pixelated", flag(image.width < kSmallPictureWidth));
  }
  if (!entry.shared) {
    picture.set("colour", colour_class(summary.colour));
    picture.set("style", style_of(summary.colour));
    picture.set("seed", std::to_string(entry.seed));
  }
  picture.set("label", shown);
  picture.set("of_model", flag(!entry.shared));
  picture.set("caption", text_or_nothing(image.caption));
  return picture;
}

Data galleries(const Comparison& comparison) {
  auto result = list();
  for (const auto& group : picture_groups(comparison)) {
    auto pictures = list();
    for (const auto* entries : {&group.originals, &group.estimates})
      for (const auto* entry : *entries)
        pictures << picture_data(*entry, comparison.labels[entry->label], group.title);
    Data gallery;
    gallery.set("gallery_title", group.title);
    gallery.set("aligned", flag(!group.originals.empty()));
    gallery.set("pictures", pictures);
    result << gallery;
  }
  return result;
}

Data facts_data(const std::vector<std::pair<std::string, std::string>>& facts) {
  auto result = list();
  for (const auto& [name, value] : facts) {
    Data fact;
    fact.set("name", name);
    fact.set("value", value);
    result << fact;
  }
  return result;
}

Data published_rows(const Comparison& comparison) {
  auto rows = list();
  for (const auto& entry : comparison.published) {
    Data row;
    const auto printed = print_published(entry);
    row.set("label", entry.label);
    row.set("metric",
            metric_title(entry.column.name) + (entry.column.unit.empty() ? "" : ", " + entry.column.unit));
    row.set("kind", text_or_nothing(join_parts({column_kind(entry.column), column_basis(entry.column)})));
    row.set("paper", printed.published);
    row.set("source", entry.source);
    row.set("ours", text_or_nothing(printed.ours));
    row.set("count", printed.count);
    row.set("gap", printed.gap.empty() ? "–" : printed.gap);
    rows << row;
  }
  return rows;
}

Data comparison_data(const Comparison& comparison, std::size_t number, const ReportOptions& options) {
  Data data;
  data.set("anchor", fmt::format("comparison-{}", number + 1));
  data.set("suite", comparison.suite);
  data.set("name", comparison.name);
  data.set("summary", summarise(comparison));
  auto legend = list();
  for (const auto& summary : comparison.labels) {
    Data item;
    item.set("label", summary.label);
    item.set("model", fmt::format("{} {}", summary.model, summary.version));
    item.set("style", style_of(summary.colour));
    item.set("colour", colour_class(summary.colour));
    item.set("options", text_or_nothing(summary.option_line));
    item.set("about", text_or_nothing(summary.summary));
    item.set("citation", text_or_nothing(summary.citation));
    item.set("settings", facts_data(summary.settings));
    legend << item;
  }
  data.set("legend", legend);
  data.set("settings", facts_data(comparison.settings));
  data.set("has_settings", flag(!comparison.settings.empty()));
  data.set("has_notes", flag(!comparison.notes.empty()));
  data.set("notes", texts("note", comparison.notes));
  auto tables = list();
  for (const auto& table : comparison.tables) tables << table_data(table, comparison, options);
  tables << table_data(comparison.cost, comparison, options);
  data.set("tables", tables);
  const auto charts = charts_data(comparison_charts(comparison), comparison.name);
  data.set("has_charts", flag(charts.is_non_empty_list()));
  data.set("charts", charts);
  data.set("bar_groups", bars_data(comparison));
  data.set("galleries", galleries(comparison));
  data.set("has_published", flag(!comparison.published.empty()));
  data.set("published", published_rows(comparison));
  return data;
}

/// Failures of one kind and reason together.
Data failures_data(const ComparisonReport& report) {
  std::vector<std::pair<std::string, std::vector<const FailedRun*>>> groups;
  for (const auto& run : report.failures) {
    const auto key = fmt::format("{}\n{}\n{}", run_status_name(run.status), run.label, run.message);
    auto found =
        std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == key; });
    if (found == groups.end()) found = groups.insert(groups.end(), {key, {}});
    found->second.push_back(&run);
  }
  auto failures = list();
  for (const auto& [key, runs] : groups) {
    const auto& run = *runs.front();
    Data failure;
    failure.set("status", run_status_name(run.status));
    failure.set("label", run.label);
    failure.set("message", run.message.empty() ? "No reason was recorded." : run.message);
    failure.set("stderr", text_or_nothing(run.stderr_tail));
    failure.set("several", flag(runs.size() > 1));
    failure.set("count", fmt::format("{} runs", runs.size()));
    auto places = list();
    for (const auto* each : runs) {
      Data place;
      place.set("where", describe_end(*each));
      places << place;
    }
    failure.set("places", places);
    failures << failure;
  }
  return failures;
}

Data claims_data(const ComparisonReport& report) {
  auto claims = list();
  for (const auto& decided : report.claims) {
    Data claim;
    claim.set("text", decided.claim.text);
    claim.set("verdict", claim_outcome_name(decided.outcome));
    claim.set("verdict_class", decided.outcome == ClaimOutcome::kHolds         ? "holds"
                               : decided.outcome == ClaimOutcome::kDoesNotHold ? "fails"
                                                                               : "undecided");
    claim.set("evidence", describe_evidence(decided));
    claim.set("figure", describe_claim_figure(decided));
    claim.set("source", text_or_nothing(decided.claim.source));
    claims << claim;
  }
  return claims;
}

Data rankings_data(const std::vector<Ranking>& rankings) {
  auto result = list();
  for (const auto& ranking : rankings) {
    Data data;
    data.set("suite", ranking.suite);
    data.set("title", protocol_title(ranking.column.protocol) + ": " + metric_title(ranking.column.name));
    const auto words = describe_ranking(ranking);
    data.set("words", words);
    data.set("svg", render_ranks(ranking, {words, false, {}}));
    result << data;
  }
  return result;
}

Data data_sweeps(const std::vector<Comparison>& comparisons) {
  auto sweeps = list();
  for (const auto& sweep : find_data_sweeps(comparisons)) {
    Data data;
    data.set("suite", sweep.suite);
    data.set("sweep_title", fmt::format("{} over {}", sweep.name, sweep.option));
    data.set("charts", charts_data(data_sweep_charts(sweep, comparisons), sweep.name));
    sweeps << data;
  }
  return sweeps;
}

/// A suite's own page.
struct PageLink {
  std::string suite;
  std::string file;
  std::string summary;
};

Data pages_data(const std::vector<PageLink>& pages) {
  auto links = list();
  for (const auto& page : pages) {
    Data link;
    link.set("suite", page.suite);
    link.set("file", page.file);
    link.set("summary", page.summary);
    links << link;
  }
  return links;
}

Data navigation(const ComparisonReport& report, const std::vector<PageLink>& pages, bool definitions) {
  auto links = list();
  const auto add = [&](const std::string& anchor, const std::string& text, const std::string& suite = "") {
    Data link;
    link.set("anchor", anchor);
    link.set("text", text);
    link.set("suite", text_or_nothing(suite));
    links << link;
  };
  if (!pages.empty()) add("suites", "Suites");
  for (std::size_t i = 0; pages.empty() && i < report.comparisons.size(); ++i)
    add(fmt::format("comparison-{}", i + 1), report.comparisons[i].name,
        i == 0 || report.comparisons[i - 1].suite != report.comparisons[i].suite ? report.comparisons[i].suite
                                                                                 : "");
  if (!report.failures.empty()) add("failures", "Failures");
  if (definitions) add("definitions", "Definitions");
  add("provenance", "Environment");
  return links;
}

std::vector<std::string> suite_names(const ComparisonReport& report) {
  std::vector<std::string> names;
  for (const auto& comparison : report.comparisons)
    if (std::find(names.begin(), names.end(), comparison.suite) == names.end())
      names.push_back(comparison.suite);
  return names;
}

Data hero_facts(const ComparisonReport& report) {
  std::set<std::string> labels;
  for (const auto& comparison : report.comparisons)
    for (const auto& label : comparison.labels) labels.insert(label.label);
  auto facts = list();
  const auto add = [&](const char* name, std::size_t value, bool alarm) {
    Data fact;
    fact.set("name", name);
    fact.set("value", std::to_string(value));
    fact.set("alarm", flag(alarm));
    facts << fact;
  };
  add(report.comparisons.size() == 1 ? "comparison" : "comparisons", report.comparisons.size(), false);
  add(labels.size() == 1 ? "model" : "models", labels.size(), false);
  add(report.runs == 1 ? "run" : "runs", static_cast<std::size_t>(report.runs), false);
  add("not ok", static_cast<std::size_t>(report.runs - report.ok_runs), report.runs != report.ok_runs);
  return facts;
}

std::string lead_sentence(const ComparisonReport& report) {
  std::string suites;
  for (const auto& name : suite_names(report)) suites.append(suites.empty() ? "" : ", ").append(name);
  std::string text = suites.empty() ? "" : "Suite " + suites + ". ";
  text += describe_figures(report.options.interval);
  if (!report.options.generated_at.empty()) text += " Written " + report.options.generated_at + ".";
  return text;
}

std::string render_page(const ComparisonReport& report, const std::vector<PageLink>& pages) {
  const auto definitions = shown_definitions(report);
  std::size_t styles = 1;
  Data page;
  page.set("title", "Autoencoder comparison");
  page.set("program_version", report.options.program_version);
  page.set("lead", lead_sentence(report));
  page.set("facts", hero_facts(report));
  page.set("css", std::string(report_css()));
  page.set("theme_script", std::string(theme_script()));
  page.set("script", std::string(report_script()));
  page.set("nav", navigation(report, pages, !definitions.empty()));
  page.set("has_pages", flag(!pages.empty()));
  page.set("pages", pages_data(pages));
  page.set("empty", flag(report.comparisons.empty()));
  page.set("run_hint", "rraebench run quick --db " + quote_shell(report.database_path));

  auto comparisons = list();
  for (std::size_t i = 0; pages.empty() && i < report.comparisons.size(); ++i) {
    const auto& comparison = report.comparisons[i];
    for (const auto& label : comparison.labels) styles = std::max(styles, label.colour + 1);
    comparisons << comparison_data(comparison, i, report.options);
  }
  page.set("comparisons", comparisons);
  page.set("symbols", style_symbols(std::min(styles, kStyles)));
  const auto rankings = rank_models(report.comparisons);
  page.set("has_rankings", flag(!rankings.empty()));
  page.set("rankings", rankings_data(rankings));
  page.set("chart", Data(kainjow::mustache::partial([] { return std::string(chart_template()); })));
  page.set("data_sweeps", data_sweeps(report.comparisons));
  page.set("has_claims", flag(!report.claims.empty()));
  page.set("claims", claims_data(report));

  page.set("has_failures", flag(!report.failures.empty()));
  page.set("failure_summary",
           fmt::format("{} of {} runs. Their figures are in no mean.", report.failures.size(), report.runs));
  page.set("failures", failures_data(report));

  page.set("has_definitions", flag(!definitions.empty()));
  auto terms = list();
  for (const auto& [name, text] : definitions) {
    Data term;
    term.set("anchor", "definition-" + name);
    term.set("term", metric_title(name));
    term.set("definition", text.definition);
    term.set("source", text_or_nothing(text.source));
    terms << term;
  }
  page.set("definitions", terms);

  auto environments = list();
  for (const auto& use : report.environments) {
    Data environment;
    environment.set("facts", facts_data(environment_facts(use)));
    environments << environment;
  }
  page.set("environments", environments);
  page.set("footer", facts_data({{"Database", describe_databases(report)},
                                 {"Schema", std::to_string(report.schema_version)},
                                 {"Written by", "rraebench " + report.options.program_version},
                                 {"Written", report.options.generated_at}}));
  page.set("commands", texts("command", report_commands(report)));

  kainjow::mustache::mustache html{std::string(report_template())};
  if (!html.is_valid()) throw std::logic_error("the report's template: " + html.error_message());
  html.set_custom_escape([](const std::string& text) { return escape_html(text); });
  return html.render(page);
}

template <typename Rows, typename SuiteOf>
Rows of_suite(const Rows& rows, const std::string& suite, const SuiteOf& suite_of) {
  Rows chosen;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(chosen),
               [&](const auto& row) { return suite_of(row) == suite; });
  return chosen;
}

/// What of a report is of one suite.
ComparisonReport part_of(const ComparisonReport& report, const std::string& suite) {
  ComparisonReport part;
  const auto own = [](const auto& row) -> const std::string& { return row.suite; };
  part.claims = of_suite(report.claims, suite, own);
  part.commands = of_suite(report.commands, suite, own);
  part.comparisons = of_suite(report.comparisons, suite, own);
  part.failures = of_suite(report.failures, suite, own);
  part.environments = report.environments;
  part.database_path = report.database_path;
  part.schema_version = report.schema_version;
  part.options = report.options;
  for (const auto& comparison : part.comparisons) {
    part.runs += ended_runs(comparison);
    for (const auto& label : comparison.labels) part.ok_runs += label.tally.ok;
  }
  return part;
}

}  // namespace

std::string render_html(const ComparisonReport& report) {
  return render_page(report, {});
}

std::vector<ReportFile> render_html_pages(ComparisonReport report, const std::string& name) {
  const auto suites = suite_names(report);
  if (report.runs <= kMostRunsOfAPage || suites.size() < 2) return {{name, render_html(report)}};
  const auto stem = name.substr(0, name.rfind(".html"));
  FileNames names;
  std::vector<PageLink> pages;
  std::vector<ReportFile> files;
  for (const auto& suite : suites) {
    const auto part = part_of(report, suite);
    const auto file = stem + "-" + names.take({suite}) + ".html";
    pages.push_back({suite, file,
                     fmt::format("{} comparison{}, {} runs, {} not ok", part.comparisons.size(),
                                 part.comparisons.size() == 1 ? "" : "s", part.runs, part.failures.size())});
    files.push_back({file, render_html(part)});
  }
  files.insert(files.begin(), {name, render_page(report, pages)});
  return files;
}

}  // namespace rraebench
