#include "reports/analysis/claims.hpp"

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/suites/suite_files.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/claim_words.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

/// The claims of suites as they are now, in place of those that are stored.
void put_in_place(const std::vector<Suite>& suites, ReportRows& rows) {
  for (const auto& suite : suites) {
    auto& claims = rows.claims;
    claims.erase(std::remove_if(claims.begin(), claims.end(),
                                [&](const ClaimRow& row) { return row.suite == suite.name; }),
                 claims.end());
    for (const auto& record : suite.claims) claims.push_back({suite.name, record});
  }
}

void print_text(const std::vector<DecidedClaim>& claims) {
  for (const auto& decided : claims) {
    std::cout << fmt::format("{:13}  {}\n{:15}{}\n{:15}{}\n", claim_outcome_name(decided.outcome),
                             printable(decided.claim.text), "", printable(describe_evidence(decided)), "",
                             printable(describe_claim_figure(decided)));
    if (!decided.claim.source.empty())
      std::cout << fmt::format("{:15}{}\n", "", printable(decided.claim.source));
  }
}

}  // namespace

CommandLine claims_command_line() {
  CommandLine line{
      "rraebench claims [SUITE...] [OPTION...]",
      "Decides what suites claim of their figures ([[claim]] in a suite) by the runs that there are: holds,\n"
      "does not hold, or undecided, with what that rests on. A suite named by its file is read anew, and\n"
      "so is one with --scale or --precision; else the claims are those it had when it last ran.",
      po::options_description("options"),
      "suite",
      -1,
      {"rraebench claims", "rraebench claims rrae-table1 --db rrae.db",
       "rraebench claims my-suite.toml --scale 0.1 --require"},
      {{"scale", "suite"}, {"precision", "suite"}}};
  line.options.add_options()("require", "exit code 1 where a claim does not hold");
  add_scale_options(line.options);
  line.options.add_options()("format", po::value<std::string>()->default_value("text"),
                             "text, table or markdown (for people), csv or json (all columns)")(
      "db", po::value<std::vector<std::string>>()->default_value({"results.db"}, "results.db"),
      "results database; may be repeated: the runs of all");
  return line;
}

int run_claims(const std::vector<std::string>& arguments) {
  auto line = claims_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  const auto format = (*values)["format"].as<std::string>();
  const auto table_format = format == "text" ? TableFormat::kText : parse_table_format(format, {"text"});
  const bool is_for_people = table_format == TableFormat::kText || table_format == TableFormat::kMarkdown;
  const bool asks_for_other_runs = !(*values)["scale"].defaulted() || values->count("precision") > 0;
  std::vector<std::string> names;
  std::vector<Suite> suites_now;
  for (const auto& name : option_texts(*values, "suite")) {
    names.push_back(name);
    if (!names_suite_file(name) && !asks_for_other_runs) continue;
    suites_now.push_back(chosen_suite(name, *values));
    names.back() = suites_now.back().name;
  }
  const auto databases = option_texts(*values, "db");
  auto rows = read_report_rows(ResultsDatabase::open_together({databases.begin(), databases.end()}), names);
  put_in_place(suites_now, rows);
  const auto claims = build_report(rows, {}).claims;
  const auto count = [&](ClaimOutcome outcome) {
    return std::count_if(claims.begin(), claims.end(),
                         [&](const DecidedClaim& decided) { return decided.outcome == outcome; });
  };
  if (format == "text")
    print_text(claims);
  else
    std::cout << format_table(is_for_people ? claim_words_table(claims) : claim_table(claims), table_format,
                              output_layout());
  const auto held = count(ClaimOutcome::kHolds);
  const auto fail = count(ClaimOutcome::kDoesNotHold);
  std::cerr << (claims.empty()
                    ? std::string("no claims: a suite states them in [[claim]]\n")
                    : fmt::format("{}: {} hold{}, {} do{} not, {} undecided; each is tested on its own\n",
                                  plural(claims.size(), "claim"), held, held == 1 ? "s" : "", fail,
                                  fail == 1 ? "es" : "", count(ClaimOutcome::kUndecided)));
  return values->count("require") > 0 && fail > 0 ? kExitSomeFailed : kExitOk;
}

}  // namespace rraebench
