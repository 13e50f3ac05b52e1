#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/commands/plugin_names.hpp"
#include "host/program/commands/templates.hpp"
#include "reports/text.hpp"

#include <filesystem>
#include <iostream>
#include <set>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

void write_plugin(const fs::path& folder, const std::string& name) {
  const auto original = plugin_template_folder();
  std::error_code error;
  if (!fs::is_directory(original, error))
    throw UserError(original.string() + ": is missing; install rraebench anew");
  require_nothing_at(folder);
  fs::create_directories(folder, error);
  if (error)
    throw UserError(folder.string() + ": cannot be made: " + error.message() + "; choose another --output");
  const std::set<fs::path> templates(fs::directory_iterator(original), {});
  for (const auto& path : templates)
    copy_template(path, folder / renamed_template(path.filename().string(), name), name);
}

}  // namespace

CommandLine new_plugin_command_line() {
  CommandLine line{
      "rraebench new-plugin NAME [OPTION...]",
      "Writes a folder NAME with a model that works, what builds it and a suite that compares it: a "
      "place to\nstart from, outside this project.",
      po::options_description("options"),
      "name",
      1,
      {"rraebench new-plugin my-model", "rraebench new-plugin sparse-ae --output ~/models"}};
  line.options.add_options()("output", po::value<std::string>()->default_value("."),
                             "folder that gets the new one")(
      "plugin-dir", po::value<std::vector<std::string>>(),
      "a further folder of plugins, whose names are taken, too");
  return line;
}

int run_new_plugin(const std::vector<std::string>& arguments) {
  auto line = new_plugin_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("name") == 0) throw UserError("a new plugin of which name? usage: " + line.usage);
  const auto name = values["name"].as<std::vector<std::string>>().front();
  check_plugin_name(name);
  check_name_is_free(name, plugin_folders(option_texts(values, "plugin-dir")));
  const auto folder = (fs::path(values["output"].as<std::string>()) / name).lexically_normal();
  write_plugin(folder, name);
  const auto quoted = [](const fs::path& path) { return quote_shell(path.string()); };
  const auto build = folder / "build";
  std::cerr << "\nbuild it and see how it does:\n"
            << "  cmake -S " << quoted(folder) << " -B " << quoted(build)
            << " -DCMAKE_PREFIX_PATH=" << quoted(installation_prefix()) << "\n"
            << "  cmake --build " << quoted(build) << "\n"
            << "  rraebench check-plugin " << quoted(build / (name + ".so")) << "\n"
            << "  rraebench run " << quoted(folder / (name + ".toml")) << " --plugin-dir " << quoted(build)
            << " --db " << name << ".db\n"
            << "  rraebench report --db " << name << ".db\n";
  return kExitOk;
}

}  // namespace rraebench
