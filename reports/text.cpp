#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <clocale>
#include <cstdint>
#include <cwchar>
#include <iterator>
#include <limits>

namespace rraebench {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Takes the first character off `text`, which is not empty; U+FFFD for a byte that begins no valid one.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  const auto drop = [&](std::size_t count, char32_t value) {
    text.remove_prefix(count);
    return value;
  };
  if (length == 1) return drop(1, first);
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return drop(1, kReplacement);
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return drop(1, kReplacement);
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return drop(1, kReplacement);
  return drop(length, value);
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

// Characters that change the direction of the text around them could disguise what a line says.
bool is_direction_mark(char32_t c) {
  return c == 0x200E || c == 0x200F || c == 0x61C || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

/// Without bytes that are no UTF-8, and without characters that a terminal obeys.
bool is_shown_as_it_is(std::string_view text) {
  while (!text.empty()) {
    const auto before = text.size();
    const char32_t c = take_character(text);
    if (is_control(c) || is_direction_mark(c) || (c == kReplacement && before - text.size() == 1))
      return false;
  }
  return true;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const auto before = text;
    if (take_character(text) == kReplacement)
      valid += "\xEF\xBF\xBD";
    else
      valid += before.substr(0, before.size() - text.size());
  }
  return valid;
}

std::string clean_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto before = text;
    const char32_t c = take_character(text);
    if (c == kReplacement)
      clean += "\xEF\xBF\xBD";
    else if ((!is_control(c) && !is_direction_mark(c)) || c == '\n' || c == '\t')
      clean += before.substr(0, before.size() - text.size());
  }
  return clean;
}

std::string printable(std::string_view text, std::size_t longest) {
  std::string line;
  std::size_t end_when_cut = 0;  // Leaves room for the ellipsis.
  for (std::size_t characters = 0; !text.empty();) {
    const auto before = text;
    const char32_t c = take_character(text);
    const auto bytes = before.substr(0, before.size() - text.size());
    std::string shown;
    if (c == '\n' || c == '\t')
      shown = " ";
    else if (c == kReplacement && bytes.size() == 1)
      shown = fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    else if (c < 0x80 && is_control(c))
      shown = fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    else if (is_control(c) || is_direction_mark(c))
      shown = fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      shown = bytes;
    characters += shown == bytes ? 1 : shown.size();
    if (characters > longest) return line.substr(0, end_when_cut) + "…";
    line += shown;
    if (characters < longest) end_when_cut = line.size();
  }
  return line;
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*[]<>|#~";
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto line = printable(text, std::string_view::npos);
  std::string escaped;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    // Inside a word an underscore is just that.
    const bool emphasis =
        c == '_' && !(i > 0 && i + 1 < line.size() && is_word(line[i - 1]) && is_word(line[i + 1]));
    if (c == '<')
      escaped += "&lt;";  // A backslash before it is not understood everywhere.
    else if (emphasis || kSpecial.find(c) != std::string_view::npos)
      escaped += std::string("\\") + c;
    else
      escaped += c;
  }
  return escaped;
}

std::string escape_latex(std::string_view text) {
  struct Escape {
    char32_t character;
    const char* latex;
  };
  static constexpr Escape kEscapes[] = {{'\\', "\\textbackslash{}"},
                                        {'{', "\\{"},
                                        {'}', "\\}"},
                                        {'$', "\\$"},
                                        {'&', "\\&"},
                                        {'#', "\\#"},
                                        {'%', "\\%"},
                                        {'_', "\\_"},
                                        {'~', "\\textasciitilde{}"},
                                        {'^', "\\textasciicircum{}"},
                                        {'<', "\\textless{}"},
                                        {'>', "\\textgreater{}"},
                                        {'|', "\\textbar{}"},
                                        {'"', "\\textquotedbl{}"},
                                        {U'±', "$\\pm$"},
                                        {U'×', "$\\times$"},
                                        {U'−', "$-$"},
                                        {U'…', "\\dots{}"},
                                        {U'·', "$\\cdot$"},
                                        {U'–', "--"},
                                        {U'—', "---"},
                                        {U'“', "``"},
                                        {U'”', "\'\'"},
                                        {U'’', "\'"},
                                        {U'↓', "$\\downarrow$"},
                                        {U'↑', "$\\uparrow$"},
                                        {U'∞', "$\\infty$"},
                                        {U'σ', "$\\sigma$"},
                                        {U'₁', "$_1$"},
                                        {U'≤', "$\\leq$"},
                                        {U'≥', "$\\geq$"},
                                        {U'‖', "$\\|$"},
                                        {U'β', "$\\beta$"},
                                        {U'µ', "$\\mu$"},
                                        {U'\u202f', "\\,"},
                                        {U'\u00a0', "~"}};
  const auto whole = printable(text, std::numeric_limits<std::size_t>::max());
  std::string escaped;
  for (std::string_view rest = whole; !rest.empty();) {
    const auto before = rest;
    const char32_t c = take_character(rest);
    const auto* found = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                                     [&](const Escape& e) { return e.character == c; });
    constexpr char32_t kLastOfFonts = 0x17F;  // Latin Extended-A, which the T1 encoding covers.
    if (found != std::end(kEscapes))
      escaped += found->latex;
    else if (c < 0x80 || (c > 0xA0 && c <= kLastOfFonts))
      escaped += before.substr(0, before.size() - rest.size());
    else
      escaped += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(c));
  }
  return escaped;
}

std::string quote_shell(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=+,@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  const bool shown = is_shown_as_it_is(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else if (shown || (c > 0x1F && c < 0x7F && c != '\\'))
      quoted += c;
    else
      quoted += fmt::format("\\0{:03o}", static_cast<unsigned char>(c));
  }
  quoted += "'";
  return shown ? quoted : "\"$(printf %b " + quoted + ")\"";
}

std::vector<std::string> shell_words(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool begun = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\'') {
      quoted = !quoted;
      begun = true;
    } else if (!quoted && c == ' ') {
      if (begun) words.push_back(std::move(word));
      word.clear();
      begun = false;
    } else {
      if (!quoted && c == '\\' && i + 1 < command.size()) ++i;
      word += command[i];
      begun = true;
    }
  }
  if (begun) words.push_back(std::move(word));
  return words;
}

std::string without_folders(std::string_view command) {
  constexpr std::string_view kBefore = " '=:,";      // What may stand before a path within a command.
  constexpr std::string_view kApostrophe = "'\\''";  // As quote_shell() writes one.
  const auto is_apostrophe = [&](std::size_t at) {
    return command.substr(at, kApostrophe.size()) == kApostrophe;
  };
  std::string text;
  bool quoted = false;
  const auto path_end = [&](std::size_t at) {
    const std::string_view after = quoted ? "'," : " ',";
    while (at < command.size() && (is_apostrophe(at) || after.find(command[at]) == std::string_view::npos))
      at += is_apostrophe(at) ? kApostrophe.size() : 1;
    return at;
  };
  for (std::size_t at = 0; at < command.size();) {
    const bool begins = at == 0 || kBefore.find(command[at - 1]) != std::string_view::npos;
    if (command[at] == '/' && begins) {
      const auto end = path_end(at);
      at = command.substr(0, end).find_last_of('/') + 1;
      if (at == end) text += '.';  // "/" and "/home/me/" have no last name.
    } else if (is_apostrophe(at)) {
      text += kApostrophe;
      at += kApostrophe.size();
    } else {
      quoted = quoted != (command[at] == '\'');
      text += command[at++];
    }
  }
  return text;
}

namespace {

std::size_t width_of(char32_t character) {
  // The C library's own table, whatever the user's locale is.
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return 1;
  const locale_t before = ::uselocale(utf8);
  const int width = ::wcwidth(static_cast<wchar_t>(character));
  ::uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += width_of(take_character(text));
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  auto rest = text;
  for (std::size_t width = 0; !rest.empty();) {
    const auto before = rest;
    width += width_of(take_character(rest));
    if (width > columns) return std::string(text.substr(0, text.size() - before.size()));
  }
  return std::string(text);
}

}  // namespace rraebench
