#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/program/commands.hpp"
#include "host/program/running/live_status.hpp"
#include "host/program/running/suite_session.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/run_ends.hpp"
#include "reports/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::int64_t kSecondsOfSilence = 15;  // After which the age of what is shown is said.

/// "120/600 (20 %)"
std::string progress_text(const LiveRun& run) {
  if (run.steps <= 0) return "";
  return fmt::format("{}/{} ({:.0f} %)", run.step, run.steps,
                     100.0 * static_cast<double>(run.step) / static_cast<double>(run.steps));
}

Table table_of(const LiveStatus& status) {
  Table table{{"run", "stage", "progress", "samples/s", "time", "expected"}, {}};
  for (const auto& run : status.running)
    table.rows.push_back(
        {run.title, run.stage, progress_text(run),
         run.samples_per_second > 0 ? Cell(fmt::format("{:.0f}", run.samples_per_second)) : Cell(),
         duration_text(run.seconds),
         run.expected_seconds ? Cell(duration_text(*run.expected_seconds)) : Cell()});
  return table;
}

std::string clock_of(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string counts_of(const LiveStatus& status) {
  auto text = fmt::format("{}: {} done, {} failed, {} running, {} waiting", plural(status.to_do, "run"),
                          status.done, status.failed, status.running.size(), status.waiting);
  if (status.complete > 0) text += fmt::format("; {} were complete before", status.complete);
  return text;
}

void print_running(const std::string& name, const LiveStatus& status) {
  std::cout << fmt::format("{}: process {} on {} since {}: {}\n", name, status.process,
                           printable(status.host), status.started_at, printable(status.command, 2000))
            << counts_of(status) << "\n";
  std::string pace;
  if (const auto rate = runs_per_hour(status)) pace = fmt::format("{:.3g} runs an hour", *rate);
  if (const auto left = seconds_left(status))
    pace += fmt::format("{}about {} left, until {}", pace.empty() ? "" : "; ", duration_text(*left),
                        clock_of(status.updated + static_cast<std::int64_t>(*left)));
  if (!pace.empty()) std::cout << pace << "\n";
  const auto silence = static_cast<std::int64_t>(std::time(nullptr)) - status.updated;
  if (silence > kSecondsOfSilence)
    std::cout << fmt::format("as of {} ago\n", duration_text(static_cast<double>(silence)));
  if (!status.running.empty())
    std::cout << "\n" << format_table(table_of(status), TableFormat::kText, output_layout());
  if (!status.failures.empty()) std::cout << "\nfailed last:\n";
  for (const auto& failure : status.failures)
    std::cout << fmt::format("  {}  {}: {}\n", printable(failure.title), printable(failure.status),
                             printable(failure.message));
}

/// Of a part, its unfinished name while it is none.
fs::path existing_file(const fs::path& database) {
  std::error_code ignored;
  const auto unfinished = unfinished_name(database);
  return !fs::exists(database, ignored) && fs::exists(unfinished, ignored) ? unfinished : database;
}

/// Runs that count, by how they ended.
std::map<std::string, std::int64_t> count_ends(const fs::path& file) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& end : read_run_ends(ResultsDatabase::open_read_only(file), /*only_counting=*/true))
    ++counts[run_status_name(end.status)];
  return counts;
}

void print_resting(const fs::path& database, const std::optional<LiveStatus>& last) {
  const auto file = existing_file(database);
  const auto counts = count_ends(file);
  std::int64_t all = 0;
  for (const auto& [status, count] : counts) all += count;
  std::string text;
  for (const auto& [status, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, status);
  std::cout << fmt::format("{}: nothing runs; {} that count{}{}\n", printable(file.string()),
                           plural(all, "run"), all == 1 ? "s" : "", text.empty() ? "" : ": " + text);
  if (last)
    std::cout << fmt::format(
        "process {} was ended at {} or later without a word, with {} running; to go on: {}\n", last->process,
        clock_of(last->updated), last->running.size(), printable(last->command, 2000));
}

}  // namespace

CommandLine status_command_line() {
  CommandLine line{
      "rraebench status [OPTION...]",
      "What a running suite does right now: runs that are done, failed, running and waiting, its "
      "rate and its\nexpected end. From any terminal that sees the results database, which is not "
      "touched meanwhile; of one task of a\nplan by --db PLAN/tasks/N.db. A whole plan on a "
      "cluster: rraebench slurm status.",
      po::options_description("options"),
      "",
      0,
      {"rraebench status --db results.db", "rraebench status --db results.db --format json"}};
  line.options.add_options()("db", po::value<std::string>()->default_value("results.db"), "results database")(
      "format", po::value<std::string>()->default_value("table"),
      "table, or all that is known as json; csv and markdown have the running runs alone");
  return line;
}

int run_status(const std::vector<std::string>& arguments) {
  auto line = status_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto name = (*parsed)["db"].as<std::string>();
  require_utf8("--db", name);
  const auto format = parse_table_format((*parsed)["format"].as<std::string>());
  const auto status = read_live_status(checkpoint_folder(name));
  const bool runs = status && is_alive(*status).value_or(true);
  if (format == TableFormat::kJson) {
    // Also of a program that was killed: "runs" is false, and the rest is where it was.
    auto document = status ? to_json(*status) : nlohmann::json::object();
    document["runs"] = runs;
    if (!runs) document["counting"] = count_ends(existing_file(name));
    std::cout << document.dump(2) << "\n";
  } else if (format != TableFormat::kText) {
    std::cout << format_table(runs ? table_of(*status) : table_of(LiveStatus{}), format, output_layout());
  } else if (runs) {
    print_running(printable(name), *status);
  } else {
    print_resting(name, status);
  }
  return kExitOk;
}

}  // namespace rraebench
