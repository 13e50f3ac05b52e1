#include "host/program/commands/man_page.hpp"

#include <fmt/format.h>

namespace rraebench {
namespace {

namespace po = boost::program_options;

/// As text: what roff would obey is escaped.
std::string roff(const std::string& text) {
  std::string escaped;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
    line_begins = c == '\n';
  }
  return escaped;
}

std::string default_of(const po::option_description& option) {
  const auto text = option.format_parameter();  // "arg (=results.db)"
  const auto begin = text.find("(=");
  return begin == std::string::npos ? ""
                                    : "; default: " + text.substr(begin + 2, text.rfind(')') - begin - 2);
}

/// "--jobs", or "-j, --jobs" where it has a letter, too.
std::string names_of(const po::option_description& option) {
  const auto name = "--" + option.long_name();
  const auto letter = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  return letter.size() == 2 ? letter + ", " + name : name;
}

/// `parent`: "slurm " of its commands.
std::string section(const Command& command, const std::string& parent = "") {
  const auto line = command.line();
  const auto name = parent + command.name;
  auto page = fmt::format(".SS {}\n.B {}\n.PP\n{}\n", name, roff(line.usage), roff(line.description));
  for (const auto& option : line.options.options()) {
    // Homes differ from one reader to another.
    const auto value = default_of(*option);
    page += fmt::format(".TP\n.B {}{}\n{}{}\n", roff(names_of(*option)),
                        option->semantic()->max_tokens() > 0 ? " \\fIvalue\\fR" : "",
                        roff(option->description()), value.find('/') == std::string::npos ? roff(value) : "");
  }
  if (!line.examples.empty()) page += ".PP\nExamples:\n.nf\n";
  for (const auto& example : line.examples) page += ".RS\n" + roff(example) + "\n.RE\n";
  if (!line.examples.empty()) page += ".fi\n";
  for (const auto& part : command.parts) page += section(part, name + " ");
  return page;
}

constexpr const char* kEnd = R"(.SH EXIT STATUS
0: all well; 1: some runs failed, or a claim or comparison that was asked for did not hold; 2: wrong use or bad
input; 130: interrupted.
.SH ENVIRONMENT
.TP
.B RRAEBENCH_DATA_DIR
Folder with the data sets, where no \-\-data\-dir is given; else it is "data".
.TP
.B RRAEBENCH_CACHE_DIR
Folder for what is kept between commands, where no \-\-cache\-dir is given; else it is rraebench in
XDG_CACHE_HOME or in \(ti/.cache.
.TP
.B RRAEBENCH_PLUGIN_PATH
Further folders of plugins, with colons between them.
.TP
.B RRAEBENCH_SUITE_PATH
Further folders of suites, with colons between them.
.TP
.B NO_COLOR
Where it is set, nothing is coloured.
.SH FILES
.TP
.B results.db
The results database, where no \-\-db is given: SQLite.
.TP
.B results.db.checkpoints
Beside it, what runs go on from that were cut off or met a limit.
)";

}  // namespace

std::string man_page(const std::string& version, const std::vector<Command>& commands) {
  auto page = fmt::format(
      ".TH RRAEBENCH 1 \"\" \"rraebench {}\" \"User commands\"\n.SH NAME\nrraebench \\- benchmark suite for "
      "rank\\-reduction autoencoders\n.SH SYNOPSIS\n.B rraebench\n\\fIcommand\\fR [\\fIoption\\fR...]\n"
      ".SH DESCRIPTION\nTrains and measures autoencoders under equal conditions, keeps the figures in an "
      "SQLite "
      "file and writes comparison reports.\n.SH COMMANDS\n",
      roff(version));
  for (const auto& command : commands) page += section(command);
  return page + kEnd;
}

}  // namespace rraebench
