#include "datasets/catalog.hpp"

#include <sstream>

namespace rraebench {

#define RRAEBENCH_SOURCE(name) DataSource name();
#include "datasets/sources.inc"
#undef RRAEBENCH_SOURCE

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> sources = {
#define RRAEBENCH_SOURCE(name) name(),
#include "datasets/sources.inc"
#undef RRAEBENCH_SOURCE
  };
  return sources;
}

const DataSource& data_source(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& source : data_sources()) {
    if (name == source.description.name) return source;
    known.emplace_back(source.description.name);
  }
  throw OptionError("no data set '" + name + "': " + suggest_name(name, known));
}

const DatasetDescription& dataset_description(const std::string& name) {
  return data_source(name).description;
}

DatasetChoice choose_dataset(const std::string& text, const std::map<std::string, std::string>& options) {
  const auto colon = text.find(':');
  DatasetChoice choice{text.substr(0, colon), options};
  const auto& places = dataset_description(choice.name).argument_options;
  if (colon == std::string::npos) return choice;
  if (places.empty())
    throw OptionError("data set '" + choice.name + "' takes nothing after a colon, but '" + text +
                      "' was given");
  std::istringstream arguments(text.substr(colon + 1));
  std::size_t place = 0;
  for (std::string argument; std::getline(arguments, argument, ','); ++place) {
    if (place == places.size())
      throw OptionError("data set '" + text + "': more than the " + std::to_string(places.size()) +
                        " parts " + join_names(places) + " after the colon");
    if (argument.empty()) continue;
    if (!choice.options.emplace(places[place], argument).second)
      throw OptionError("data set '" + text + "': option '" + places[place] + "' is given as well");
  }
  return choice;
}

}  // namespace rraebench
