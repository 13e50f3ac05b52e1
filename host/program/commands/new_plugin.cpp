#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/common/text_file.hpp"
#include "host/program/command.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

CommandLine make_command_line() {
  CommandLine line{
      "rraebench new-plugin NAME [OPTION...]",
      "Writes a folder NAME with a model that works, what builds it and a suite that compares it: a "
      "place to\nstart from, outside this project.",
      po::options_description("options"),
      "name",
      1,
      {"rraebench new-plugin my-model", "rraebench new-plugin sparse-ae --output ~/models"}};
  line.options.add_options()("output", po::value<std::string>()->default_value("."),
                             "folder that gets the new one");
  return line;
}

/// Lower-case words with dashes between: what suites, files and classes can be named after.
void check_name(const std::string& name) {
  bool good = !name.empty() && name.size() <= 64 && name.back() != '-';
  char before = '-';
  for (const char c : name) {
    const bool letter = c >= 'a' && c <= 'z';
    const bool later = (c >= '0' && c <= '9') || c == '-';
    good = good && (letter || (later && before != '-'));
    before = c;
  }
  if (!good)
    throw UserError(
        "the name '" + name +
        "' must be lower-case words with dashes between, such as my-model, of 64 letters at most");
}

std::string with_underscores(std::string name) {
  for (auto& c : name)
    if (c == '-') c = '_';
  return name;
}

std::string in_camel_case(const std::string& name) {
  std::string camel;
  bool starts_word = true;
  for (const char c : name) {
    if (c != '-') camel += starts_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    starts_word = c == '-';
  }
  return camel;
}

/// The template's names of itself, each replaced by the new plugin's.
std::string renamed(std::string text, const std::string& name) {
  const std::map<std::string, std::string> names = {
      {"my-model", name}, {"my_model", with_underscores(name)}, {"MyModel", in_camel_case(name)}};
  for (const auto& [of_template, own] : names)
    for (auto place = text.find(of_template); place != std::string::npos;
         place = text.find(of_template, place + own.size()))
      text.replace(place, of_template.size(), own);
  return text;
}

void write_plugin(const fs::path& folder, const std::string& name) {
  std::error_code error;
  if (!fs::create_directories(folder, error)) {
    if (error) throw UserError(folder.string() + ": cannot be made: " + error.message());
    throw UserError(folder.string() + ": exists; choose another name or --output");
  }
  const auto original = plugin_template_folder();
  if (!fs::is_directory(original))
    throw UserError(original.string() + ": is missing; install rraebench anew");
  const std::set<fs::path> templates(fs::directory_iterator(original), {});
  for (const auto& path : templates) {
    const auto file = folder / renamed(path.filename().string(), name);
    std::ofstream stream(file, std::ios::binary);
    stream << renamed(read_text_file(path), name);
    if (!stream.flush()) throw UserError(file.string() + ": cannot be written");
    std::cout << file.string() << "\n";
  }
}

}  // namespace

int run_new_plugin(const std::vector<std::string>& arguments) {
  auto line = make_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("name") == 0) throw UserError("a new plugin of which name? usage: " + line.usage);
  const auto name = values["name"].as<std::vector<std::string>>().front();
  check_name(name);
  const auto folder = (fs::path(values["output"].as<std::string>()) / name).lexically_normal();
  write_plugin(folder, name);
  const auto place = folder.string();
  std::cerr << "\nbuild it and see how it does:\n"
            << "  cmake -S " << place << " -B " << place
            << "/build -DCMAKE_PREFIX_PATH=" << installation_prefix().string() << "\n"
            << "  cmake --build " << place << "/build\n"
            << "  rraebench check-plugin " << place << "/build/" << name << ".so\n"
            << "  rraebench run " << place << "/" << name << ".toml --plugin-dir " << place << "/build --db "
            << name << ".db\n"
            << "  rraebench report --db " << name << ".db\n";
  return kExitOk;
}

}  // namespace rraebench
