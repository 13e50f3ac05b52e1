#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/installation_checks.hpp"
#include "host/program/standard_output.hpp"
#include "reports/render/table_format.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

const char* word_of(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarning:
      return "WARN";
    case Health::kFailure:
      return "FAIL";
  }
  return "ok";
}

Table table_of(const std::vector<Finding>& findings) {
  Table table{{"health", "subject", "finding"}, {}};
  for (const auto& finding : findings)
    table.rows.push_back({std::string(word_of(finding.health)), finding.subject, finding.text});
  return table;
}

void print(const std::vector<Finding>& findings) {
  for (const auto& finding : findings)
    std::cout << fmt::format("{:<5}{:<16}{}\n", word_of(finding.health), printable(finding.subject),
                             printable(finding.text));
}

}  // namespace

CommandLine doctor_command_line() {
  CommandLine line{
      "rraebench doctor [OPTION...]",
      "Checks the installation and, with --db, a results file: a line for each thing that says ok,\n"
      "WARN (works, but not well) or FAIL, and what to do. Exit code 1 where something fails.",
      po::options_description("options"),
      "",
      0,
      {"rraebench doctor", "rraebench doctor --db results.db --data-dir ~/data"}};
  line.options.add_options()("db", po::value<std::string>(), "check this results database, too")(
      "data-dir", po::value<std::string>()->default_value(default_data_folder().string()),
      "folder with the data sets")("cache-dir",
                                   po::value<std::string>()->default_value(default_cache_folder().string()),
                                   "folder for what is kept")(
      "plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins")(
      "format", po::value<std::string>()->default_value("text"), "text, table, csv, json or markdown");
  return line;
}

int run_doctor(const std::vector<std::string>& arguments) {
  auto line = doctor_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  const auto format = (*values)["format"].as<std::string>();
  const auto table_format = format == "text" ? TableFormat::kText : parse_table_format(format);
  auto findings =
      check_installation({(*values)["data-dir"].as<std::string>(), (*values)["cache-dir"].as<std::string>(),
                          plugin_folders(option_texts(*values, "plugin-dir"))});
  if (values->count("db") > 0) {
    const auto results = check_results((*values)["db"].as<std::string>());
    findings.insert(findings.end(), results.begin(), results.end());
  }
  if (format == "text")
    print(findings);
  else
    std::cout << format_table(table_of(findings), table_format, output_layout());
  const auto failures = std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.health == Health::kFailure;
  });
  return failures > 0 ? kExitSomeFailed : kExitOk;
}

}  // namespace rraebench
