#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/version.hpp"
#include "host/program/command.hpp"
#include "host/program/running/executor.hpp"
#include "metrics/catalog.hpp"
#include "reports/analysis/comparison.hpp"
#include "reports/render/html.hpp"
#include "reports/render/markdown.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/query.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

struct ReportFormat {
  const char* name;
  const char* file;  // Default of --output.
};

constexpr ReportFormat kFormats[] = {
    {"html", "report.html"}, {"markdown", "report.md"}, {"csv", "report.csv"}, {"json", "report.json"}};

const ReportFormat& find_format(const std::string& name) {
  for (const auto& format : kFormats)
    if (format.name == name) return format;
  throw UserError("no report format '" + name + "'; known: html, markdown, csv, json");
}

/// The leaderboard view, of these suites only where any are named.
Table leaderboard(const ResultsDatabase& database, const std::vector<std::string>& suites) {
  if (suites.empty()) return run_view(database, "leaderboard");
  std::string names;
  for (const auto& suite : suites) {
    names += names.empty() ? "'" : ", '";
    for (const char c : suite) names += c == '\'' ? std::string("''") : std::string(1, c);
    names += "'";
  }
  return run_query(database, "SELECT * FROM leaderboard WHERE suite IN (" + names + ")");
}

std::string render(const ResultsDatabase& database, const std::vector<std::string>& suites,
                   const std::string& format, const ReportOptions& options) {
  if (format == "csv") return format_table(leaderboard(database, suites), TableFormat::kCsv);
  if (format == "json") return format_table(leaderboard(database, suites), TableFormat::kJson);
  const auto report = build_report(read_report_rows(database, suites), options);
  return format == "html" ? render_html(report) : render_markdown(report);
}

/// 0.95 of "95".
double read_confidence(const std::string& text) {
  double percent = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc() || end != text.data() + text.size() || !(percent > 0.0 && percent < 100.0))
    throw UserError("--interval is '" + text +
                    "' but must be a percentage above 0 and below 100, such as 95");
  return percent / 100.0;
}

/// Written beside and renamed, so that a reader never sees half a report.
void write_file(const std::filesystem::path& path, const std::string& text) {
  const auto unfinished = path.string() + ".part";
  std::ofstream file(unfinished, std::ios::binary);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(unfinished, path, error);
  if (!file || error) {
    std::filesystem::remove(unfinished, error);
    throw UserError(path.string() + ": cannot be written; choose another place with --output");
  }
}

}  // namespace

int run_report(const std::vector<std::string>& arguments) {
  CommandLine line{"rraebench report [SUITE...] [OPTION...]",
                   "Writes the comparison report of all suites in the database, or of those named.",
                   po::options_description("options"),
                   "suite",
                   -1,
                   {"rraebench report", "rraebench report quick --format markdown --output -"}};
  line.options.add_options()("format", po::value<std::string>()->default_value("html"),
                             "html, markdown, csv or json")(
      "output,o", po::value<std::string>(),
      "file to write, - for standard output (default: report.html, report.md, ...)")(
      "interval", po::value<std::string>(), "percent (95): intervals of the means in place of deviations")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;

  const auto& format = find_format((*values)["format"].as<std::string>());
  const auto output = values->count("output") > 0 ? (*values)["output"].as<std::string>() : format.file;
  ReportOptions options;
  std::vector<std::string> suites;
  if (values->count("suite") > 0) suites = (*values)["suite"].as<std::vector<std::string>>();
  if (values->count("interval") > 0)
    options.interval = read_confidence((*values)["interval"].as<std::string>());
  options.program_version = program_version();
  options.generated_at = utc_now();
  options.command = shell_command("report", arguments);
  for (const auto& metric : metric_catalog())
    options.definitions[metric.name] = {metric.definition, metric.source};

  const auto database = ResultsDatabase::open_read_only((*values)["db"].as<std::string>());
  const auto text = render(database, suites, format.name, options);
  if (output == "-") {
    std::cout << text;
  } else {
    write_file(output, text);
    std::cerr << "wrote " << printable(output) << "\n";
  }
  return kExitOk;
}

}  // namespace rraebench
