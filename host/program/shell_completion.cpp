#include "host/program/shell_completion.hpp"

#include "host/common/errors.hpp"

#include <fmt/format.h>

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

/// Whether the command's words are names of suites.
bool takes_suites(const Command& command) {
  return command.line().positional == "suite";
}

std::string bash(const std::vector<Command>& commands) {
  std::string names;
  std::string cases;
  for (const auto& command : commands) {
    names += (names.empty() ? "" : " ") + std::string(command.name);
    std::string words;
    for (const auto& option : options_of(command)) words += (words.empty() ? "--" : " --") + option.name;
    cases += fmt::format("    {}) words=\"{}\"; suites={} ;;\n", command.name, words,
                         takes_suites(command) ? 1 : 0);
  }
  return fmt::format(R"sh(# Completion of rraebench for bash; written by `rraebench completion bash`.
_rraebench() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} words= suites=0
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$cur"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [ "$suites" = 1 ] && [[ ${{COMP_WORDS[COMP_CWORD-1]}} != -* ]]; then
    COMPREPLY=($(compgen -W "$(rraebench list suites --format csv 2>/dev/null | tail -n +2 | cut -d, -f1)" -- "$cur"))
  fi
}}
complete -o default -F _rraebench rraebench
)sh",
                     names, cases);
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

std::string zsh(const std::vector<Command>& commands) {
  std::string names;
  std::string cases;
  for (const auto& command : commands) {
    names += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.summary));
    std::string arguments;
    for (const auto& [name, help, takes_value] : options_of(command))
      arguments += fmt::format(" \\\n        '*--{}{}[{}]{}'", name, takes_value ? "=" : "", zsh_text(help),
                               takes_value ? ":value:_files" : "");
    arguments +=
        takes_suites(command) ? " \\\n        '*:suite:_rraebench_suites'" : " \\\n        '*:file:_files'";
    cases += fmt::format("    {})\n      _arguments -s{} ;;\n", command.name, arguments);
  }
  return fmt::format(R"sh(#compdef rraebench
# Completion of rraebench for zsh; written by `rraebench completion zsh`.
_rraebench_suites() {{
  local -a suites
  suites=(${{(f)"$(rraebench list suites --format csv 2>/dev/null | tail -n +2 | cut -d, -f1)"}})
  _alternative "suites:suite:($suites)" 'files:file:_files -g "*.toml"'
}}
_rraebench() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_rraebench "$@"
)sh",
                     names, cases);
}

std::string fish_text(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string fish(const std::vector<Command>& commands) {
  std::string script = "# Completion of rraebench for fish; written by `rraebench completion fish`.\n";
  for (const auto& command : commands) {
    script += fmt::format("complete -c rraebench -n __fish_use_subcommand -f -a {} -d '{}'\n", command.name,
                          fish_text(command.summary));
    const auto here = fmt::format("complete -c rraebench -n '__fish_seen_subcommand_from {}'", command.name);
    for (const auto& [name, help, takes_value] : options_of(command))
      script += fmt::format("{} -l {}{} -d '{}'\n", here, name, takes_value ? " -r" : "", fish_text(help));
    if (takes_suites(command))
      script += here +
                " -a '(rraebench list suites --format csv 2>/dev/null | tail -n +2 | string replace -r "
                "\",.*\" \"\")'\n";
  }
  return script;
}

}  // namespace

std::string shell_completion(const std::string& shell, const std::vector<Command>& commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  throw UserError("no completion for '" + shell + "'; known: bash, zsh, fish");
}

}  // namespace rraebench
