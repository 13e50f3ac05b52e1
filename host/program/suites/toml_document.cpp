#include "host/program/suites/toml_document.hpp"

#include "host/common/errors.hpp"
#include "host/common/text_file.hpp"

#include <algorithm>
#include <string_view>

namespace rraebench {
namespace {

constexpr int kMostParts = 100;

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// The end of the part of a dotted key that begins at `at`: a bare or a quoted word. `at` where there is
/// none.
std::size_t part_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  if (quote != '"' && quote != '\'') {
    while (at < text.size() && is_bare(text[at])) ++at;
    return at;
  }
  for (auto end = at + 1; end < text.size() && text[end] != '\n'; ++end) {
    if (text[end] == '\\' && quote == '"') {
      ++end;
    } else if (text[end] == quote) {
      return end + 1;
    }
  }
  return at;
}

std::size_t without_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

/// The line of the first dotted key (or what looks like one) of too many parts; 0: none.
int line_of_endless_key(std::string_view text) {
  int line = 1;
  int parts = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') ++line;
    const auto end = part_end(text, at);
    const auto dot = without_blanks(text, end);
    if (end > at && dot < text.size() && text[dot] == '.') {
      if (++parts > kMostParts) return line;
      at = without_blanks(text, dot + 1);
    } else {
      parts = 0;
      at = std::max(end, at + 1);
    }
  }
  return 0;
}

}  // namespace

toml::table read_toml(const std::filesystem::path& file) {
  const auto text = read_text_file(file);
  const auto begins_with = [&](std::string_view bytes) { return text.compare(0, bytes.size(), bytes) == 0; };
  if (begins_with("\xff\xfe") || begins_with("\xfe\xff"))
    throw UserError(file.string() + ":1: is UTF-16; save it as UTF-8");
  if (const auto line = line_of_endless_key(text); line > 0)
    throw UserError(file.string() + ":" + std::to_string(line) + ": a key of more than " +
                    std::to_string(kMostParts) + " parts");
  try {
    return toml::parse(text, file.string());
  } catch (const toml::parse_error& error) {
    throw UserError(file.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                    std::string(error.description()));
  }
}

}  // namespace rraebench
