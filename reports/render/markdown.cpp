#include "reports/render/markdown.hpp"

#include "reports/analysis/sweeps.hpp"
#include "reports/render/claim_words.hpp"
#include "reports/render/collapse_words.hpp"
#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/rank_picture.hpp"
#include "reports/render/report_words.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace rraebench {
namespace {

std::string markdown_cell(const MetricCell& cell, const PrintedFigure& figure, const RunTally& tally) {
  if (cell.summary.count == 0) return "*" + describe_absence(cell, tally) + "*";
  auto text = figure.mean;
  if (!figure.spread.empty()) text += " ± " + figure.spread;
  if (cell.mark != Mark::kNone) text = "**" + text + "**";
  if (const auto exception = describe_exception(cell, tally); !exception.empty())
    text += " (" + exception + ")";
  return text;
}

std::string column_head(const MetricColumn& column, const std::string& basis) {
  return escape_markdown(column_words(column, basis));
}

void add_table(std::string& markdown, const MetricTable& whole, const Comparison& comparison,
               std::optional<double> confidence) {
  const auto shown = shown_table(whole);
  const auto& table = shown.table;
  const auto& basis = shown.basis;
  const auto printed = print_table(table, confidence);
  markdown += fmt::format("### {}\n\n", escape_markdown(protocol_title(table.protocol)));
  if (!basis.common.empty()) markdown += fmt::format("All with {}.\n\n", escape_markdown(basis.common));
  markdown += "| Model | Runs |";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    markdown += " " + column_head(table.columns[i], basis.own[i]) + " |";
  markdown += "\n| --- | --- |";
  for (std::size_t i = 0; i < table.columns.size(); ++i) markdown += " ---: |";
  markdown += '\n';
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& summary = comparison.labels[label];
    markdown += fmt::format("| {} | {} |", escape_markdown(summary.label), describe(summary.tally));
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      markdown +=
          " " + markdown_cell(table.cells[label][column], printed[label][column], summary.tally) + " |";
    markdown += '\n';
  }
  markdown += '\n';
  for (const auto& sentence : describe_marks(table)) markdown += escape_markdown(sentence) + "\n\n";
}

void add_published(std::string& markdown, const Comparison& comparison) {
  if (comparison.published.empty()) return;
  markdown += "### Published and ours\n\n| Model | Figure | Published | Ours | Gap | Source |\n";
  markdown += "| --- | --- | ---: | ---: | ---: | --- |\n";
  for (const auto& entry : comparison.published) {
    const auto printed = print_published(entry);
    markdown += fmt::format("| {} | {} | {} | {} | {} | {} |\n", escape_markdown(entry.label),
                            column_head(entry.column, column_basis(entry.column)), printed.published,
                            printed.ours.empty() ? "not measured" : printed.ours + " (" + printed.count + ")",
                            printed.gap.empty() ? "–" : printed.gap, escape_markdown(entry.source));
  }
  markdown += '\n';
}

void add_sweeps(std::string& markdown, const Comparison& comparison) {
  for (const auto& sweep : find_sweeps(comparison)) {
    const auto sentences = describe_collapse(comparison, sweep);
    if (sentences.empty()) continue;
    markdown += fmt::format("### Active units over {}\n\n", escape_markdown(sweep.option));
    for (const auto& sentence : sentences) markdown += fmt::format("- {}\n", escape_markdown(sentence));
    markdown += '\n';
  }
}

void add_settings(std::string& markdown, const Comparison& comparison) {
  markdown += "| Model | Plugin | Options | What it is |\n| --- | --- | --- | --- |\n";
  for (const auto& label : comparison.labels) {
    auto options = label.option_line;
    for (const auto& [name, value] : label.settings)
      options += fmt::format("{}{}: {}", options.empty() ? "" : "; ", name, value);
    markdown += fmt::format(
        "| {} | {} | {} | {} |\n", escape_markdown(label.label),
        escape_markdown(label.model + " " + label.version), escape_markdown(options),
        escape_markdown(label.summary + (label.citation.empty() ? "" : " (" + label.citation + ")")));
  }
  markdown += '\n';
  for (const auto& [name, value] : comparison.settings)
    markdown += fmt::format("- {}: {}\n", escape_markdown(name), escape_markdown(value));
  if (!comparison.settings.empty()) markdown += '\n';
}

void add_claims(std::string& markdown, const ComparisonReport& report) {
  if (report.claims.empty()) return;
  markdown +=
      "## Claims\n\n| Claim | Verdict | Evidence | Figure | Source |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& decided : report.claims)
    markdown +=
        fmt::format("| {} | **{}** | {} | {} | {} |\n", escape_markdown(decided.claim.text),
                    claim_outcome_name(decided.outcome), escape_markdown(describe_evidence(decided)),
                    escape_markdown(describe_claim_figure(decided)), escape_markdown(decided.claim.source));
  markdown += '\n';
}

void add_rankings(std::string& markdown, const ComparisonReport& report) {
  const auto rankings = rank_models(report.comparisons);
  if (rankings.empty()) return;
  markdown += "## Ranks over comparisons\n\n";
  for (const auto& ranking : rankings) {
    markdown += fmt::format("{} · {}\n\n| Model | Mean rank |\n| --- | ---: |\n",
                            escape_markdown(ranking.suite), escape_markdown(describe_ranking(ranking)));
    for (const auto& model : ranking.models)
      markdown += fmt::format("| {} | {:.2f} |\n", escape_markdown(model.label), model.mean_rank);
    markdown += '\n';
  }
}

void add_comparison(std::string& markdown, const Comparison& comparison, std::optional<double> confidence) {
  markdown += fmt::format("## {}\n\nSuite {} · {}\n\n", escape_markdown(comparison.name),
                          escape_markdown(comparison.suite), escape_markdown(summarise(comparison)));
  for (const auto& note : comparison.notes) markdown += fmt::format("> {}\n\n", escape_markdown(note));
  add_settings(markdown, comparison);
  for (const auto& table : comparison.tables) add_table(markdown, table, comparison, confidence);
  if (!comparison.cost.cells.empty()) add_table(markdown, comparison.cost, comparison, confidence);
  add_sweeps(markdown, comparison);
  add_published(markdown, comparison);
}

void add_failures(std::string& markdown, const ComparisonReport& report) {
  if (report.failures.empty()) return;
  markdown += fmt::format("## Runs that are not ok\n\n{} of {} runs. Their figures are in no mean.\n\n",
                          report.failures.size(), report.runs);
  markdown += "| Model | Run | Status | Reason |\n| --- | --- | --- | --- |\n";
  for (const auto& run : report.failures)
    markdown +=
        fmt::format("| {} | {} | {} | {} |\n", escape_markdown(run.label), escape_markdown(describe_end(run)),
                    run_status_name(run.status), escape_markdown(run.message));
  markdown += '\n';
}

void add_definitions(std::string& markdown, const ComparisonReport& report) {
  const auto definitions = shown_definitions(report);
  if (definitions.empty()) return;
  markdown += "## Definitions\n\n";
  for (const auto& [name, text] : definitions)
    markdown +=
        fmt::format("- **{}**: {}{}\n", escape_markdown(metric_title(name)), escape_markdown(text.definition),
                    text.source.empty() ? "" : " (" + escape_markdown(text.source) + ")");
  markdown += '\n';
}

void add_provenance(std::string& markdown, const ComparisonReport& report) {
  markdown += "## Environment and commands\n\n";
  for (const auto& use : report.environments) {
    std::string line;
    for (const auto& [name, value] : environment_facts(use))
      line += fmt::format("{}{}: {}", line.empty() ? "" : " · ", name, value);
    markdown += "- " + escape_markdown(line) + '\n';
  }
  markdown += fmt::format("- Database: {}, schema {}\n", escape_markdown(describe_databases(report)),
                          report.schema_version);
  if (!report.options.program_version.empty() || !report.options.generated_at.empty())
    markdown += fmt::format("- Written by rraebench {} {}\n", escape_markdown(report.options.program_version),
                            escape_markdown(report.options.generated_at));
  std::string commands;
  for (const auto& command : report_commands(report))
    commands += printable(command, std::string::npos) + '\n';
  // A longer fence than any within.
  std::string fence = "```";
  while (commands.find(fence) != std::string::npos) fence += '`';
  markdown += fmt::format("\n{0}sh\n{1}{0}\n", fence, commands);
}

}  // namespace

std::string render_markdown(const ComparisonReport& report) {
  std::string markdown = "# Autoencoder comparison\n\n";
  if (report.comparisons.empty()) {
    markdown += "No runs yet.\n\n";
  } else {
    markdown += describe_figures(report.options.interval) + "\n\n";
  }
  add_claims(markdown, report);
  add_rankings(markdown, report);
  for (const auto& comparison : report.comparisons)
    add_comparison(markdown, comparison, report.options.interval);
  add_failures(markdown, report);
  add_definitions(markdown, report);
  add_provenance(markdown, report);
  return markdown;
}

}  // namespace rraebench
