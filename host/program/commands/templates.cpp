#include "host/program/commands/templates.hpp"

#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/text_file.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/commands/plugin_names.hpp"
#include "host/program/suites/suite_files.hpp"
#include "reports/text.hpp"

#include <fstream>
#include <iostream>
#include <map>

namespace rraebench {

std::string renamed_template(std::string text, const std::string& name) {
  const std::map<std::string, std::string> names = {
      {"my-model", name}, {"my_model", plugin_file_name(name)}, {"MyModel", plugin_class_name(name)}};
  for (const auto& [of_template, own] : names)
    for (auto place = text.find(of_template); place != std::string::npos;
         place = text.find(of_template, place + own.size()))
      text.replace(place, of_template.size(), own);
  return text;
}

void copy_template(const std::filesystem::path& original, const std::filesystem::path& file,
                   const std::string& name) {
  std::ofstream stream(file, std::ios::binary);
  stream << renamed_template(read_text_file(original), name);
  if (!stream.flush()) throw UserError(file.string() + ": cannot be written; choose another --output");
  std::cout << printable(file.string()) << "\n";
}

void check_name_is_free(const std::string& name, const std::vector<std::filesystem::path>& folders) {
  for (const auto& plugin : discover_plugins_with_warnings(folders, default_cache_folder()))
    if (name == plugin.name || name == plugin.file.stem().string())
      throw UserError("there is a plugin '" + name + "' already, " + plugin.file.string() +
                      "; choose another name");
  for (const auto& suite : known_suites())
    if (name == suite.stem().string())
      throw UserError("there is a suite '" + name + "' already, " + suite.string() +
                      ", and the new model's suite would have its name; choose another name");
}

void require_nothing_at(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
    throw UserError(path.string() + ": exists; choose another name or --output");
}

}  // namespace rraebench
