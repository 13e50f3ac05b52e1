#pragma once
// Implements: text of unknown origin made fit for a terminal, an HTML page or a Markdown document.

#include <cstddef>
#include <string>
#include <string_view>

namespace rraebench {

/// Valid UTF-8 without control characters other than newline and tab: a bad byte becomes U+FFFD, terminal
/// escape sequences lose their escape character.
std::string clean_text(std::string_view text);

/// clean_text, with newlines and tabs as spaces.
std::string one_line(std::string_view text);

/// clean_text, with the five characters of HTML escaped; safe as content and in quoted attributes.
std::string escape_html(std::string_view text);

/// one_line, safe in a cell of a Markdown table and as its text: pipes, brackets, emphasis and HTML are
/// escaped.
std::string escape_markdown(std::string_view text);

/// As one word of a POSIX shell, quoted only where it must be.
std::string quote_shell(std::string_view text);

/// Columns on a terminal: characters, combining marks not counted, East Asian wide characters twice.
std::size_t display_width(std::string_view text);

}  // namespace rraebench
