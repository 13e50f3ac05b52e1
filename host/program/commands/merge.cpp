#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/program/commands.hpp"
#include "host/program/running/lock_patience.hpp"
#include "reports/store/database.hpp"
#include "reports/store/merge_files.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

namespace po = boost::program_options;

Preference preference_of(const po::variables_map& values) {
  if (values.count("prefer") == 0) return Preference::kNeither;
  const auto text = values["prefer"].as<std::string>();
  if (text != "newest" && text != "first")
    throw UserError("--prefer is '" + text + "' but must be newest or first");
  return text == "newest" ? Preference::kNewest : Preference::kFirst;
}

std::set<std::string> parts_to_leave_out(const po::variables_map& values) {
  const auto known = omissible_parts();
  std::set<std::string> parts;
  for (const auto& part : split_list(values, "without")) {
    if (std::find(known.begin(), known.end(), part) == known.end())
      throw UserError("--without: no part '" + part +
                      "'; there are: " + fmt::format("{}", fmt::join(known, ", ")));
    parts.insert(part);
  }
  return parts;
}

std::string describe(const Contradiction& found, const std::vector<std::string>& names) {
  const auto largest = std::max(std::abs(found.value_in_first), std::abs(found.value_in_second));
  return fmt::format(
      "{}: {} figures differ, the most {}: {:.10g} in {} ({}), {:.10g} in {} ({}), {:.2g} relative",
      found.place, found.figures, found.figure, found.value_in_first, names[found.first],
      found.machine_of_first, found.value_in_second, names[found.second], found.machine_of_second,
      std::abs(found.value_in_first - found.value_in_second) / largest);
}

/// Under whatever names.
void require_different(const std::vector<std::string>& files, const std::string& target) {
  std::map<std::pair<dev_t, ino_t>, std::string> known;
  for (const auto& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) continue;
    const auto [other, is_new] = known.emplace(std::pair(status.st_dev, status.st_ino), file);
    if (!is_new) throw UserError(other->second + " and " + file + " are one file; name it once");
  }
  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) return;
  const auto itself = known.find({status.st_dev, status.st_ino});
  if (itself != known.end()) throw UserError(itself->second + ": cannot be merged into itself");
}

}  // namespace

CommandLine merge_command_line() {
  CommandLine line{
      "rraebench merge FILE... [OPTION...]",
      "Takes the runs of other results databases into one: those of other machines or colleagues. "
      "What is\nthere already is not taken twice, and the files that are read are not changed. Where two "
      "files have one "
      "run with\ndifferent figures, neither is taken (exit code 1) unless --prefer says which.",
      po::options_description("options"),
      "file",
      -1,
      {"rraebench merge machine-a.db machine-b.db --db all.db",
       "rraebench merge machine-a.db machine-b.db --db all.db --prefer newest",
       "rraebench merge results.db --without pictures,folders --db published.db"}};
  line.options.add_options()("db", po::value<std::string>()->default_value("results.db"),
                             "results database that takes them in; made where there is none")(
      "prefer", po::value<std::string>(),
      "of runs that contradict each other: newest counts the last started, first the one that is there or "
      "comes first")(
      "without", po::value<std::vector<std::string>>(),
      "what of the runs to leave out, for a small file that still has every figure: pictures, "
      "curves, spectra; folders: those of commands and suites, which tell of machine and user; a "
      "list with commas");
  return line;
}

int run_merge(const std::vector<std::string>& arguments) {
  auto line = merge_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  if (parsed->count("file") == 0) throw UserError("merge which files? usage: " + line.usage);
  const auto files = (*parsed)["file"].as<std::vector<std::string>>();
  const auto target = (*parsed)["db"].as<std::string>();
  const auto preference = preference_of(*parsed);
  const auto without = parts_to_leave_out(*parsed);
  require_different(files, target);
  for (const auto& file : files) ResultsDatabase::open_read_only(file);  // Before the target is made.
  auto database = ResultsDatabase::open_or_create(target, patience_for(target));
  auto names = files;
  names.insert(names.begin(), target);
  const auto uncounted_before = uncounted_runs(database).size();
  const auto result = merge_files(database, {files.begin(), files.end()}, preference, without);
  for (const auto& found : result.contradictions)
    std::cerr << (preference == Preference::kNeither ? "not taken: " : "")
              << printable(describe(found, names), 2000) << "\n";
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& count = result.counts[i];
    std::cout << printable(files[i]) << ": " << plural(count.added, "run") << " taken into "
              << printable(target) << ", " << count.known << " there already";
    if (count.left_out > 0) std::cout << ", " << count.left_out << " not taken";
    std::cout << "\n";
  }
  if (const auto uncounted = uncounted_runs(database); uncounted.size() > uncounted_before)
    std::cerr << uncounted.size()
              << (uncounted.size() == 1 ? " run that went well is" : " runs that went well are")
              << " in no figure, since other settings were asked for last; rraebench explain "
              << uncounted.back().id << " --db " << printable(target) << " names them\n";
  const auto& left_out = result.left_out;
  if (left_out.empty()) return kExitOk;
  std::cerr << left_out.size() << (left_out.size() == 1 ? " run has" : " runs have")
            << " other figures in another file; --prefer newest or --prefer first says which to take\n";
  return kExitSomeFailed;
}

}  // namespace rraebench
