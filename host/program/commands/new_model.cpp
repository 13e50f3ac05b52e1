#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/plugin_names.hpp"
#include "host/program/commands/templates.hpp"
#include "reports/text.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// "my-vae" of "my_vae". Of two words at least: none is then a word of Python's or hides a module of its own,
/// as a random.py would.
std::string checked_name(std::string name) {
  const auto given = name;
  std::replace(name.begin(), name.end(), '_', '-');
  if (name.find('-') == std::string::npos)
    throw UserError("the name '" + given + "' must be two words at least, such as my_" +
                    (given.empty() ? "vae" : given) + ", so that it hides no module of Python's");
  check_plugin_name(name);
  return name;
}

}  // namespace

CommandLine new_model_command_line() {
  CommandLine line{
      "rraebench new-model --python NAME [OPTION...]",
      "Writes NAME.py: a model in PyTorch that works, tests itself, and writes a suite that compares "
      "it. A model\nin C++: rraebench new-plugin.",
      po::options_description("options"),
      "name",
      1,
      {"rraebench new-model --python my_vae", "rraebench new-model --python my_vae --output ~/models"}};
  line.options.add_options()("python", "in PyTorch")("output,o", po::value<std::string>()->default_value("."),
                                                     "folder that gets the file");
  return line;
}

int run_new_model(const std::vector<std::string>& arguments) {
  auto line = new_model_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("name") == 0) throw UserError("a new model of which name? usage: " + line.usage);
  const auto given = values["name"].as<std::vector<std::string>>().front();
  if (values.count("python") == 0)
    throw UserError("in which language? add --python, or use rraebench new-plugin for C++");
  const auto name = checked_name(given);
  const auto stem = plugin_file_name(name);
  check_name_is_free(stem, {installed_plugin_folder()});
  const auto folder = fs::path(values["output"].as<std::string>()).lexically_normal();
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw UserError(folder.string() + ": no such folder; choose another --output");
  const auto file = [&](const char* extension) { return (folder / (stem + extension)).lexically_normal(); };
  for (const char* extension : {".py", ".pt", ".toml"}) require_nothing_at(file(extension));
  copy_template(python_template_folder() / "my_model.py", file(".py"), name);
  const auto quoted = [](const fs::path& path) { return quote_shell(path.string()); };
  std::cerr << "\nsee how it does:\n"
            << "  python3 " << quoted(file(".py")) << "\n"
            << "  rraebench run " << quoted(file(".toml")) << " --db " << stem << ".db\n"
            << "  rraebench report --db " << stem << ".db\n";
  return kExitOk;
}

}  // namespace rraebench
