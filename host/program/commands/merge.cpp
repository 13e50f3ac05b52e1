#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/program/command.hpp"
#include "reports/database.hpp"

#include <filesystem>
#include <iostream>
#include <vector>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

CommandLine make_command_line() {
  CommandLine line{
      "rraebench merge FILE... [OPTION...]",
      "Takes the runs of other results databases into one: those of other machines or colleagues. "
      "What is\nthere already is not taken twice, and the files that are read are not changed.",
      po::options_description("options"),
      "file",
      -1,
      {"rraebench merge machine-a.db machine-b.db --db all.db"}};
  line.options.add_options()("db", po::value<std::string>()->default_value("results.db"),
                             "results database that takes them in; made where there is none");
  return line;
}

}  // namespace

int run_merge(const std::vector<std::string>& arguments) {
  auto line = make_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  if (parsed->count("file") == 0) throw UserError("merge which files? usage: " + line.usage);
  const auto files = (*parsed)["file"].as<std::vector<std::string>>();
  const auto target = (*parsed)["db"].as<std::string>();
  std::vector<ResultsDatabase> sources;  // All are opened before the first is taken in.
  for (const auto& file : files) {
    std::error_code ignored;
    if (fs::equivalent(file, target, ignored)) throw UserError(file + ": cannot be merged into itself");
    sources.push_back(ResultsDatabase::open_read_only(file));
  }
  auto database = ResultsDatabase::open_or_create(target);
  for (const auto& source : sources) {
    const auto count = database.take_over(source);
    std::cout << source.path().string() << ": " << count.added << (count.added == 1 ? " run" : " runs")
              << " taken into " << target << ", " << count.known << " there already\n";
  }
  return kExitOk;
}

}  // namespace rraebench
