#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/commands/plugin_names.hpp"
#include "host/program/commands/templates.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
#include <vector>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kPython = "python";

/// "ae", "closed-form", "vae": the folders of the template, each a model of another kind.
std::vector<std::string> kinds_in_cpp() {
  std::vector<std::string> kinds;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(plugin_template_folder(), error))
    if (entry.is_directory()) kinds.push_back(entry.path().filename().string());
  if (kinds.empty())
    throw UserError(plugin_template_folder().string() + ": is missing; install rraebench anew");
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

void check_kind(const std::string& kind) {
  auto kinds = kinds_in_cpp();
  kinds.emplace_back(kPython);
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
    throw UserError("no kind '" + kind + "' of models to start from; " + suggest_name(kind, kinds));
}

void write_plugin(const fs::path& folder, const std::string& name, const std::string& kind) {
  require_nothing_at(folder);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw UserError(folder.string() + ": cannot be made: " + error.message() + "; choose another --output");
  std::set<fs::path> originals(fs::directory_iterator(plugin_template_folder() / kind), {});
  originals.insert(plugin_template_folder() / "CMakeLists.txt");
  for (const auto& path : originals)
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
      {"rraebench new-plugin my-model", "rraebench new-plugin sparse-vae --kind vae --output ~/models"}};
  line.options.add_options()("kind", po::value<std::string>()->default_value("ae"),
                             "of model to start from: ae, vae, closed-form (fitted, not trained), or python: "
                             "the same as rraebench new-model --python")(
      "output,o", po::value<std::string>()->default_value("."), "folder that gets the new one")(
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
  const auto kind = values["kind"].as<std::string>();
  check_kind(kind);
  if (kind == kPython)
    return run_new_model({"--python", name, "--output", values["output"].as<std::string>()});
  check_plugin_name(name);
  check_name_is_free(name, plugin_folders(option_texts(values, "plugin-dir")));
  const auto folder = (fs::path(values["output"].as<std::string>()) / name).lexically_normal();
  write_plugin(folder, name, kind);
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
