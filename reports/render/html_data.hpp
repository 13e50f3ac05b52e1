#pragma once
// Implements: what the template of a page is filled with, in small pieces.

#include <kainjow/mustache.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rraebench::html {

using Data = kainjow::mustache::data;

Data list();
Data flag(bool value);
/// False, as a section of a template has it, for an empty text.
Data text_or_nothing(const std::string& text);
/// A section for each text, in which it is called `name`.
Data texts(const char* name, const std::vector<std::string>& sentences);
/// Names and values.
Data facts_data(const std::vector<std::pair<std::string, std::string>>& facts);

/// Of the palette, for a class of the style sheet.
std::string colour_class(std::size_t colour);
/// Of the line styles and symbols.
std::string style_of(std::size_t style);

}  // namespace rraebench::html
