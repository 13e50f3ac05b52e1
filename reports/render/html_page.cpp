#include "reports/render/html_page.hpp"

#include "reports/analysis/ranks.hpp"
#include "reports/render/assets.hpp"
#include "reports/render/claim_words.hpp"
#include "reports/render/comparison_charts.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/html_data.hpp"
#include "reports/render/html_pictures.hpp"
#include "reports/render/html_tables.hpp"
#include "reports/render/report_words.hpp"
#include "reports/render/svg.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace rraebench::html {
namespace {

/// The models, with what is to be known of each.
Data legend_data(const Comparison& comparison) {
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
  return legend;
}

Data comparison_data(const Comparison& comparison, std::size_t number, const ReportOptions& options) {
  Data data;
  data.set("anchor", fmt::format("comparison-{}", number + 1));
  data.set("suite", comparison.suite);
  data.set("name", comparison.name);
  data.set("summary", summarise(comparison));
  data.set("legend", legend_data(comparison));
  data.set("settings", facts_data(comparison.settings));
  data.set("has_settings", flag(!comparison.settings.empty()));
  data.set("has_notes", flag(!comparison.notes.empty()));
  data.set("notes", texts("note", comparison.notes));
  auto tables = list();
  for (const auto& table : comparison.tables) tables << table_data(table, comparison, options);
  if (!comparison.cost.cells.empty()) tables << table_data(comparison.cost, comparison, options);
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

Data comparisons_data(const std::vector<Comparison>& comparisons, const ReportOptions& options) {
  auto result = list();
  for (std::size_t i = 0; i < comparisons.size(); ++i) result << comparison_data(comparisons[i], i, options);
  return result;
}

/// Of the styles that the comparisons use.
std::string symbols_of(const std::vector<Comparison>& comparisons) {
  std::size_t styles = 1;
  for (const auto& comparison : comparisons)
    for (const auto& label : comparison.labels) styles = std::max(styles, label.colour + 1);
  return style_symbols(std::min(styles, kStyles));
}

Data definitions_data(const std::vector<std::pair<std::string, MetricText>>& definitions) {
  auto terms = list();
  for (const auto& [name, text] : definitions) {
    Data term;
    term.set("anchor", "definition-" + name);
    term.set("term", metric_title(name));
    term.set("definition", text.definition);
    term.set("source", text_or_nothing(text.source));
    terms << term;
  }
  return terms;
}

Data environments_data(const std::vector<EnvironmentUse>& uses) {
  auto environments = list();
  for (const auto& use : uses) {
    Data environment;
    environment.set("facts", facts_data(environment_facts(use)));
    environments << environment;
  }
  return environments;
}

void set_head(const ComparisonReport& report, Data& page) {
  page.set("title", "Autoencoder comparison");
  page.set("program_version", report.options.program_version);
  page.set("lead", lead_sentence(report));
  page.set("facts", hero_facts(report));
  page.set("css", std::string(report_css()));
  page.set("theme_script", std::string(theme_script()));
  page.set("script", std::string(report_script()));
}

/// What takes the comparisons of a suite together.
void set_findings(const ComparisonReport& report, Data& page) {
  const auto rankings = rank_models(report.comparisons);
  page.set("has_rankings", flag(!rankings.empty()));
  page.set("rankings", rankings_data(rankings));
  page.set("data_sweeps", data_sweeps(report.comparisons));
  page.set("has_claims", flag(!report.claims.empty()));
  page.set("claims", claims_data(report));
}

void set_failures(const ComparisonReport& report, Data& page) {
  page.set("has_failures", flag(!report.failures.empty()));
  page.set("failure_summary",
           fmt::format("{} of {} runs. Their figures are in no mean.", report.failures.size(), report.runs));
  page.set("failures", failures_data(report));
}

/// Where the figures come from, and how to have them again.
void set_provenance(const ComparisonReport& report, Data& page) {
  page.set("environments", environments_data(report.environments));
  page.set("footer", facts_data({{"Database", describe_databases(report)},
                                 {"Schema", std::to_string(report.schema_version)},
                                 {"Written by", "rraebench " + report.options.program_version},
                                 {"Written", report.options.generated_at}}));
  page.set("commands", texts("command", report_commands(report)));
}

std::string fill_template(const Data& page) {
  kainjow::mustache::mustache html{std::string(report_template())};
  if (!html.is_valid()) throw std::logic_error("the report's template: " + html.error_message());
  html.set_custom_escape([](const std::string& text) { return escape_html(text); });
  return html.render(page);
}

}  // namespace

std::vector<std::string> suite_names(const ComparisonReport& report) {
  std::vector<std::string> names;
  for (const auto& comparison : report.comparisons)
    if (std::find(names.begin(), names.end(), comparison.suite) == names.end())
      names.push_back(comparison.suite);
  return names;
}

std::string render_page(const ComparisonReport& report, const std::vector<PageLink>& pages) {
  const auto definitions = shown_definitions(report);
  const std::vector<Comparison> on_other_pages;
  const auto& comparisons = pages.empty() ? report.comparisons : on_other_pages;
  Data page;
  set_head(report, page);
  page.set("nav", navigation(report, pages, !definitions.empty()));
  page.set("has_pages", flag(!pages.empty()));
  page.set("pages", pages_data(pages));
  page.set("empty", flag(report.comparisons.empty()));
  page.set("run_hint", "rraebench run quick --db " + quote_shell(report.database_path));
  page.set("comparisons", comparisons_data(comparisons, report.options));
  page.set("symbols", symbols_of(comparisons));
  page.set("chart", Data(kainjow::mustache::partial([] { return std::string(chart_template()); })));
  set_findings(report, page);
  set_failures(report, page);
  page.set("has_definitions", flag(!definitions.empty()));
  page.set("definitions", definitions_data(definitions));
  set_provenance(report, page);
  return fill_template(page);
}

}  // namespace rraebench::html
