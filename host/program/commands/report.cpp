#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/common/version.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/selection_options.hpp"
#include "metrics/catalog.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/analysis/selection.hpp"
#include "reports/render/figure_files.hpp"
#include "reports/render/html.hpp"
#include "reports/render/latex.hpp"
#include "reports/render/markdown.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/query.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <set>
#include <tuple>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

enum class Format { kHtml, kMarkdown, kLatex, kCsv, kJson };

struct NamedFormat {
  const char* name;
  Format format;
  const char* output;  // Default of --output.
};

constexpr NamedFormat kFormats[] = {{"html", Format::kHtml, "report.html"},
                                    {"markdown", Format::kMarkdown, "report.md"},
                                    {"latex", Format::kLatex, "report-latex"},
                                    {"csv", Format::kCsv, "report.csv"},
                                    {"json", Format::kJson, "report.json"}};

const NamedFormat& find_format(const std::string& name) {
  for (const auto& format : kFormats)
    if (format.name == name) return format;
  throw UserError("no report format '" + name + "'; known: html, markdown, latex, csv, json");
}

/// Which format the ending of a file's name stands for; nullptr where none.
const NamedFormat* format_of_ending(const fs::path& file) {
  static const std::map<std::string, std::string> endings = {
      {".html", "html"}, {".htm", "html"}, {".md", "markdown"}, {".markdown", "markdown"},
      {".tex", "latex"}, {".csv", "csv"},  {".json", "json"}};
  const auto found = endings.find(file.extension().string());
  return found == endings.end() ? nullptr : &find_format(found->second);
}

/// What --format says, else the ending of --output, else HTML. The two may not contradict each other.
const NamedFormat& choose_format(const po::variables_map& values) {
  const auto* given = values.count("format") > 0 ? &find_format(values["format"].as<std::string>()) : nullptr;
  const auto output = values.count("output") > 0 ? values["output"].as<std::string>() : std::string();
  const auto* ending = format_of_ending(output);
  if (ending != nullptr && ending->format == Format::kLatex)
    throw UserError(fmt::format(
        "--output is '{}' but LaTeX comes in several files; name a folder, with --format latex", output));
  if (given != nullptr && ending != nullptr && given != ending && given->format != Format::kLatex)
    throw UserError(
        fmt::format("--output is '{}' but --format is {}; leave --format out or give the file "
                    "another ending",
                    output, given->name));
  if (given != nullptr) return *given;
  return ending != nullptr ? *ending : kFormats[0];
}

/// 0.95 of "95".
double read_confidence(const std::string& text) {
  double percent = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc() || end != text.data() + text.size() || !(percent >= 1.0 && percent < 100.0))
    throw UserError("--interval is '" + text +
                    "' but must be a percentage, from 1 and below 100, such as 95");
  return percent / 100.0;
}

/// Takes out the pictures that are not wanted: "none", or, of each protocol, all but the first kind and its
/// originals
/// ("few").
void choose_pictures(const std::string& which, ReportRows& rows) {
  if (which == "all") return;
  if (which == "none") return rows.images.clear();
  if (which != "few") throw UserError("--pictures is '" + which + "' but must be all, few or none");
  std::map<std::string, std::tuple<std::string, std::string>> first;  // Name and variant, of each protocol.
  const auto is_left_out = [&](const ImageRow& row) {
    const auto kind = std::tuple(row.image.name, row.image.variant);
    return row.image.name != kOriginals && first.emplace(row.image.protocol, kind).first->second != kind;
  };
  rows.images.erase(std::remove_if(rows.images.begin(), rows.images.end(), is_left_out), rows.images.end());
}

/// Rows of the view `figures` as reports show models, whichever run ended first; the figures of one as they
/// were measured.
void order_by_place(Table& table, const std::vector<Place>& places) {
  std::map<Place, std::size_t> order;
  for (const auto& place : places) order.emplace(place, order.size());
  const auto suite = column_of(table, "suite");
  const auto comparison = column_of(table, "comparison");
  const auto dataset = column_of(table, "dataset");
  const auto label = column_of(table, "label");
  const auto seed = column_of(table, "seed");
  std::vector<std::tuple<std::size_t, std::int64_t, std::size_t>> keys;
  for (const auto& row : table.rows) {
    const auto text = [&](std::size_t i) { return std::get<std::string>(row.at(i)); };
    keys.emplace_back(order.at({text(suite), text(comparison), text(dataset), text(label)}),
                      std::get<std::int64_t>(row.at(seed)), keys.size());
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::vector<Cell>> rows;
  for (const auto& key : keys) rows.push_back(std::move(table.rows[std::get<2>(key)]));
  table.rows = std::move(rows);
}

/// Written beside and renamed, so that a reader never sees half a report.
void write_file(const fs::path& path, const std::string& text, const char* option) {
  try {
    write_file_durably(path, text);
  } catch (const InfrastructureError& error) {
    throw UserError(std::string(error.what()) + "; " + option + " names another place");
  }
}

void write_folder(const fs::path& folder, const std::vector<ReportFile>& files, const char* option) {
  for (const auto& [name, content] : files) {
    const auto path = folder / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    write_file(path, content, option);
  }
  std::cerr << fmt::format("wrote {} files into {}\n", files.size(), printable(folder.string()));
}

void write_text(const std::string& output, const std::string& text) {
  if (output == "-") {
    std::cout << text;
    return;
  }
  write_file(output, text, "--output");
  std::cerr << "wrote " << printable(output) << "\n";
}

void write_pages(const fs::path& output, const ComparisonReport& report) {
  for (const auto& [name, content] : render_html_pages(report, output.filename().string()))
    write_text((output.parent_path() / name).string(), content);
}

ReportOptions report_options(const po::variables_map& values, const std::vector<std::string>& arguments) {
  ReportOptions options;
  if (values.count("interval") > 0) options.interval = read_confidence(values["interval"].as<std::string>());
  options.program_version = program_version();
  options.generated_at = utc_now();
  options.command = shell_command("report", arguments);
  for (const auto& metric : metric_catalog())
    options.definitions[metric.name] = {metric.definition, metric.source};
  return options;
}

/// Options that mean nothing for a format are slips.
void check_format(const NamedFormat& format, const po::variables_map& values) {
  const bool table = format.format == Format::kCsv || format.format == Format::kJson;
  if (values.count("summary") > 0 && !table)
    throw UserError("--summary has a meaning with --format csv or json alone; add that or leave it out");
  if (values.count("interval") > 0 && table)
    throw UserError(
        fmt::format("--interval has no meaning with --format {}: its rows are figures as they are "
                    "and plain deviations; leave one of them out",
                    format.name));
  if (values.count("figures") > 0 && table)
    throw UserError(
        fmt::format("--figures has no meaning with --format {}; leave one of them out", format.name));
  if (format.format == Format::kLatex && values.count("output") > 0 &&
      values["output"].as<std::string>() == "-")
    throw UserError("--output is '-' but LaTeX comes in several files; name a folder");
}

}  // namespace

CommandLine report_command_line() {
  CommandLine line{
      "rraebench report [SUITE...] [OPTION...]",
      "Writes the comparison report of all suites in the database, or of those named (by name or file).",
      po::options_description("options"),
      "suite",
      -1,
      {"rraebench report", "rraebench report --output report.md",
       "rraebench report quick --format markdown --output -",
       "rraebench report vrrae-mnist --format latex --output paper/results",
       "rraebench report --model VRRAE --model VAE --metric generate/fid --format csv"}};
  using Texts = std::vector<std::string>;
  line.options.add_options()("format", po::value<std::string>(),
                             "html, markdown, latex (a folder), csv or json (a row a figure of a run); "
                             "default: what --output ends in, else html")(
      "output,o", po::value<std::string>(),
      "file to write, - for standard output (default: report.html, report.md, ...)")(
      "figures", po::value<std::string>(), "also write every chart (SVG) and picture (PNG) into this folder")(
      "interval", po::value<std::string>(), "percent (95): intervals of the means in place of deviations")(
      "summary", "of csv and json: a row a model and figure, over its seeds")(
      "pictures", po::value<std::string>()->default_value("all"),
      "all, few (one kind of each protocol) or none")(
      "db", po::value<Texts>()->default_value({"results.db"}, "results.db"),
      "results database; may be repeated: one report of all");
  add_selection_options(line.options);
  return line;
}

int run_report(const std::vector<std::string>& arguments) {
  auto line = report_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  const auto& format = choose_format(*values);
  check_format(format, *values);
  const auto output = values->count("output") > 0 ? (*values)["output"].as<std::string>() : format.output;
  auto options = report_options(*values, arguments);
  const auto selection = selection_of(*values);
  const auto files = option_texts(*values, "db");
  options.further_databases.assign(files.begin() + 1, files.end());
  const auto database = ResultsDatabase::open_together({files.begin(), files.end()});

  if (format.format == Format::kCsv || format.format == Format::kJson) {
    const bool is_summary = values->count("summary") > 0;
    auto table = run_view(database, is_summary ? "leaderboard" : "figures");
    keep_selected(table, selection);
    if (!is_summary) order_by_place(table, read_places(database));
    write_text(output,
               format_table(table, format.format == Format::kCsv ? TableFormat::kCsv : TableFormat::kJson));
    return kExitOk;
  }
  auto rows = read_report_rows(database, selection.suites);
  keep_selected(rows, selection);
  choose_pictures((*values)["pictures"].as<std::string>(), rows);
  const auto report = build_report(rows, options);
  if (format.format == Format::kLatex)
    write_folder(output, render_latex(report), "--output");
  else if (format.format == Format::kMarkdown || output == "-")
    write_text(output, format.format == Format::kHtml ? render_html(report) : render_markdown(report));
  else
    write_pages(output, report);
  if (values->count("figures") > 0)
    write_folder((*values)["figures"].as<std::string>(), render_figure_files(report), "--figures");
  return kExitOk;
}

}  // namespace rraebench
