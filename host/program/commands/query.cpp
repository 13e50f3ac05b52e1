#include "reports/store/query.hpp"

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/commands.hpp"
#include "host/program/standard_output.hpp"
#include "reports/render/table_format.hpp"

#include <filesystem>
#include <iostream>
#include <utility>

namespace rraebench {

namespace po = boost::program_options;

CommandLine query_command_line() {
  CommandLine line{
      "rraebench query [SQL | --view NAME] [OPTION...]",
      "Reads the results database; nothing can be changed. Without SQL or view, lists what there is to read.",
      po::options_description("options"),
      "sql",
      1,
      {"rraebench query --view leaderboard", "rraebench query --view failures --format json",
       "rraebench query \"select label, seed, value from figures where name = :metric\" --set metric=fid",
       "rraebench query \"select label, avg(wall_seconds), std(wall_seconds) from runs group by 1\" --format "
       "csv"}};
  line.options.add_options()("view", po::value<std::string>(), "a view or table, whole")(
      "views", "what there is to read, with a line of help each")(
      "set", po::value<std::vector<std::string>>(),
      "NAME=VALUE: the value of :NAME in the SQL, as text or number; may be repeated")(
      "whole", "on a terminal, too: all columns and digits, however wide")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "db", po::value<std::vector<std::string>>()->default_value({"results.db"}, "results.db"),
      "results database; may be repeated: the runs of all");
  line.only_with = {{"set", "sql"}};
  return line;
}

int run_query(const std::vector<std::string>& arguments) {
  auto line = query_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  if (values->count("view") + values->count("sql") + values->count("views") > 1)
    throw UserError("give one of SQL, --view and --views");
  const auto parameters = named_values(*values, "set", "metric=fid");

  const auto format = parse_table_format((*values)["format"].as<std::string>());
  const auto files = option_texts(*values, "db");
  auto layout = values->count("whole") > 0 ? TextLayout{} : output_layout();
  if (values->count("view") > 0 && (*values)["view"].as<std::string>() == "leaderboard")
    layout.expendable = {"extractor_sha256", "reference_count", "sample_count", "model",  "minimum",
                         "maximum",          "median",          "dataset",      "better", "extractor"};
  if (values->count("views") > 0 && (*values)["db"].defaulted() && !std::filesystem::exists(files.front())) {
    std::cout << format_table(describe_views_of_new_files(Described::kViews), format, layout);
    return kExitOk;
  }
  const auto database = ResultsDatabase::open_together({files.begin(), files.end()});
  install_stop_signals();
  TableWriter writer(std::cout, format, layout);
  try {
    if (values->count("view") > 0) {
      stream_view(database, (*values)["view"].as<std::string>(), writer, stop_requested);
    } else if (values->count("sql") > 0) {
      stream_query(database, option_texts(*values, "sql").front(), writer, stop_requested, parameters);
    } else {
      const auto which = values->count("views") > 0 ? Described::kViews : Described::kViewsAndTables;
      auto views = describe_views(database, which);
      writer.take_columns(std::move(views.columns));
      for (auto& row : views.rows) writer.take_row(std::move(row));
    }
  } catch (const QueryError&) {
    throw_if_stop_requested();
    throw;
  }
  writer.finish();
  return kExitOk;
}

}  // namespace rraebench
