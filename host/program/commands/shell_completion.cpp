#include "host/program/commands/shell_completion.hpp"

#include "host/common/artefact_kinds.hpp"
#include "host/common/errors.hpp"
#include "host/common/precision.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace rraebench {
namespace {

namespace po = boost::program_options;

struct Option {
  std::string name;  // Without dashes.
  std::string help;
  bool takes_value = false;
};

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options;
  const auto line = command.line();
  for (const auto& option : line.options.options())
    options.push_back({option->long_name(), option->description(), option->semantic()->max_tokens() > 0});
  options.push_back({"help", "print its help", false});
  return options;
}

/// What an option's value may be; empty where it may be much. Formats are those that its help names.
std::vector<std::string> values_of(const Option& option) {
  static const std::map<std::string, std::vector<std::string>> kValues = {
      {"device", {"cpu", "cuda"}},
      {"precision", known_precisions()},
      {"pictures", {"all", "few", "none"}},
      {"keep", artefact_kinds()},
      {"what", artefact_kinds()},
      {"format", {"html", "markdown", "latex", "csv", "json", "text", "table", "npy", "png"}}};
  const auto found = kValues.find(option.name);
  if (found == kValues.end()) return {};
  auto values = found->second;
  if (option.name == "format")
    values.erase(std::remove_if(
                     values.begin(), values.end(),
                     [&](const std::string& value) { return option.help.find(value) == std::string::npos; }),
                 values.end());
  return values;
}

/// "models datasets": what a command's first word may be, by its usage line, "list {models|datasets} [NAME]".
std::string first_words_of(const Command& command) {
  const auto usage = command.line().usage;
  const auto open = usage.find('{');
  const auto close = usage.find('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return "";
  auto words = usage.substr(open + 1, close - open - 1);
  std::replace(words.begin(), words.end(), '|', ' ');
  return words;
}

/// Whether the command's words are names of suites.
bool takes_suites(const Command& command) {
  return command.line().positional == "suite";
}

std::string names_of(const std::vector<Command>& commands) {
  std::string names;
  for (const auto& command : commands) names += (names.empty() ? "" : " ") + std::string(command.name);
  return names;
}

/// A command with commands of its own is known by two words.
std::string bash_parts(const Command& command) {
  return fmt::format(R"sh(    {0})
      if [ "$COMP_CWORD" -eq 2 ]; then
        COMPREPLY=($(compgen -W "{1} --help" -- "$cur"))
        return
      fi
      command="{0} ${{COMP_WORDS[2]}}" ;;
)sh",
                     command.name, names_of(command.parts));
}

/// `parent`: "slurm " of its commands.
std::string bash_options(const std::vector<Command>& commands, const std::string& parent = "") {
  std::string cases;
  for (const auto& command : commands) {
    const auto name = parent + command.name;
    std::string words;
    for (const auto& option : options_of(command)) words += (words.empty() ? "--" : " --") + option.name;
    cases +=
        fmt::format("    \"{}\") words=\"{}\"; suites={} ;;\n", name, words, takes_suites(command) ? 1 : 0);
    cases += bash_options(command.parts, name + " ");
  }
  return cases;
}

/// Cases of a command and the word before the cursor.
std::string bash_values(const std::vector<Command>& commands, const std::string& parent = "") {
  std::string cases;
  for (const auto& command : commands) {
    const auto name = parent + command.name;
    for (const auto& option : options_of(command))
      if (const auto values = values_of(option); !values.empty())
        cases +=
            fmt::format("    \"{} --{}\") values=\"{}\" ;;\n", name, option.name, fmt::join(values, " "));
    if (const auto words = first_words_of(command); !words.empty() && command.parts.empty())
      cases += fmt::format("    \"{0} {0}\") values=\"{1}\" ;;\n", name, words);
    cases += bash_values(command.parts, name + " ");
  }
  return cases;
}

std::string bash(const std::vector<Command>& commands) {
  std::string parts;
  for (const auto& command : commands)
    if (!command.parts.empty()) parts += bash_parts(command);
  return fmt::format(R"sh(# Completion of rraebench for bash; written by `rraebench completion bash`.
_rraebench() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}} words= values= suites=0
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$cur"))
    return
  fi
  case $command in
{}  esac
  case $command in
{}  esac
  case "$command ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  if [ -n "$values" ] && [[ $cur != -* ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$cur"))
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [ "$suites" = 1 ] && [[ ${{COMP_WORDS[COMP_CWORD-1]}} != -* ]]; then
    COMPREPLY=($(compgen -W "$(rraebench list suites --format csv 2>/dev/null | tail -n +2 | cut -d, -f1)" -- "$cur"))
  fi
}}
complete -o default -F _rraebench rraebench
)sh",
                     names_of(commands), parts, bash_options(commands), bash_values(commands));
}

/// Within single quotes, and without what _arguments gives a meaning.
std::string zsh_text(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      quoted += std::string("\\") + c;
    else
      quoted += c;
  }
  return quoted;
}

std::string zsh_arguments(const Command& command) {
  std::string arguments = "_arguments -s";
  for (const auto& option : options_of(command)) {
    const auto values = values_of(option);
    const auto action = values.empty() ? std::string("_files") : fmt::format("({})", fmt::join(values, " "));
    arguments += fmt::format(" \\\n  '*--{}{}[{}]{}'", option.name, option.takes_value ? "=" : "",
                             zsh_text(option.help), option.takes_value ? ":value:" + action : "");
  }
  if (const auto words = first_words_of(command); !words.empty())
    arguments += fmt::format(" \\\n  '1:what:({})'", words);
  return arguments +
         (takes_suites(command) ? " \\\n  '*:suite:_rraebench_suites'" : " \\\n  '*:file:_files'") + "\n";
}

/// A function that completes one of the commands' names, and after it what that command takes.
std::string zsh_choice(const std::vector<Command>& commands, const std::string& function) {
  std::string functions;
  std::string names;
  std::string cases;
  for (const auto& command : commands) {
    names += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.summary));
    const auto own = fmt::format("{}_{}", function, command.name);
    functions += command.parts.empty() ? fmt::format("{}() {{\n{}}}\n", own, zsh_arguments(command))
                                       : zsh_choice(command.parts, own);
    cases += fmt::format("    {}) {} ;;\n", command.name, own);
  }
  return functions + fmt::format(R"sh({}() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
)sh",
                                 function, names, cases);
}

std::string zsh(const std::vector<Command>& commands) {
  return R"sh(#compdef rraebench
# Completion of rraebench for zsh; written by `rraebench completion zsh`.
_rraebench_suites() {
  local -a suites
  suites=(${(f)"$(rraebench list suites --format csv 2>/dev/null | tail -n +2 | cut -d, -f1)"})
  _alternative "suites:suite:($suites)" 'files:file:_files -g "*.toml"'
}
)sh" + zsh_choice(commands, "_rraebench") +
         "_rraebench \"$@\"\n";
}

std::string fish_text(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

/// `words`: what was typed before, such as "slurm".
std::string fish_choice(const std::vector<Command>& commands, const std::string& words) {
  std::string script;
  for (const auto& command : commands) {
    script += fmt::format("complete -c rraebench -n '__rraebench_is{}' -f -a {} -d '{}'\n", words,
                          command.name, fish_text(command.summary));
    const auto own = words + " " + command.name;
    if (!command.parts.empty()) {
      script += fish_choice(command.parts, own);
      continue;
    }
    const auto here = fmt::format("complete -c rraebench -n '__rraebench_begins{}'", own);
    for (const auto& option : options_of(command)) {
      const auto values = values_of(option);
      const auto choice = values.empty() ? "" : fmt::format(" -f -a '{}'", fmt::join(values, " "));
      script += fmt::format("{} -l {}{}{} -d '{}'\n", here, option.name, option.takes_value ? " -r" : "",
                            choice, fish_text(option.help));
    }
    if (const auto first = first_words_of(command); !first.empty())
      script += fmt::format("complete -c rraebench -n '__rraebench_is{}' -f -a '{}'\n", own, first);
    if (takes_suites(command))
      script += here +
                " -a '(rraebench list suites --format csv 2>/dev/null | tail -n +2 | string replace -r "
                "\",.*\" \"\")'\n";
  }
  return script;
}

std::string fish(const std::vector<Command>& commands) {
  return R"sh(# Completion of rraebench for fish; written by `rraebench completion fish`.
function __rraebench_begins
    set -l typed (commandline -opc)
    set -l last (math (count $argv) + 1)
    test (count $typed) -ge $last; or return 1
    test (count $argv) -eq 0; or test "$typed[2..$last]" = "$argv"
end
function __rraebench_is
    __rraebench_begins $argv; and test (count (commandline -opc)) -eq (math (count $argv) + 1)
end
)sh" + fish_choice(commands, "");
}

}  // namespace

std::string shell_completion(const std::string& shell, const std::vector<Command>& commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  throw UserError("no completion for '" + shell + "'; known: bash, zsh, fish");
}

}  // namespace rraebench
