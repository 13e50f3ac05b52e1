#include "reports/render/html_data.hpp"

#include "reports/render/svg.hpp"

namespace rraebench::html {

Data list() {
  return Data(Data::type::list);
}

Data flag(bool value) {
  return Data(value ? Data::type::bool_true : Data::type::bool_false);
}

Data text_or_nothing(const std::string& text) {
  return text.empty() ? flag(false) : Data(text);
}

Data texts(const char* name, const std::vector<std::string>& sentences) {
  auto sections = list();
  for (const auto& sentence : sentences) {
    Data section;
    section.set(name, sentence);
    sections << section;
  }
  return sections;
}

std::string colour_class(std::size_t colour) {
  return std::to_string(colour % kPaletteSize);
}

std::string style_of(std::size_t style) {
  return std::to_string(style % kStyles);
}

Data facts_data(const std::vector<std::pair<std::string, std::string>>& facts) {
  auto result = list();
  for (const auto& [name, value] : facts) {
    Data fact;
    fact.set("name", name);
    fact.set("value", value);
    result << fact;
  }
  return result;
}

}  // namespace rraebench::html
