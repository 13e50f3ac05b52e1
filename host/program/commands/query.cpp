#include "reports/store/query.hpp"

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/command.hpp"
#include "reports/render/table_format.hpp"

#include <iostream>

namespace rraebench {

namespace po = boost::program_options;

int run_query(const std::vector<std::string>& arguments) {
  CommandLine line{
      "rraebench query [SQL | --view NAME] [OPTION...]",
      "Reads the results database; nothing can be changed. Without SQL or view, lists what there is to read.",
      po::options_description("options"),
      "sql",
      1,
      {"rraebench query --view leaderboard", "rraebench query --view failures --format json",
       "rraebench query \"select label, avg(wall_seconds) from runs group by label\" --format csv"}};
  line.options.add_options()("view", po::value<std::string>(), "a view or table, whole")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  if (values->count("view") > 0 && values->count("sql") > 0)
    throw UserError("give either SQL or --view, not both");

  const auto format = parse_table_format((*values)["format"].as<std::string>());
  const auto database = ResultsDatabase::open_read_only((*values)["db"].as<std::string>());
  install_stop_signals();
  TableWriter writer(std::cout, format);
  try {
    if (values->count("view") > 0) {
      stream_view(database, (*values)["view"].as<std::string>(), writer, stop_requested);
    } else if (values->count("sql") > 0) {
      stream_query(database, (*values)["sql"].as<std::vector<std::string>>().front(), writer, stop_requested);
    } else {
      writer.take_columns({"view or table"});
      for (const auto& name : list_views_and_tables(database)) writer.take_row({name});
    }
  } catch (const QueryError&) {
    throw_if_stop_requested();
    throw;
  }
  writer.finish();
  return kExitOk;
}

}  // namespace rraebench
