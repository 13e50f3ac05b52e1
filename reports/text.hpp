#pragma once
// Implements: text for readers: of unknown origin made fit for a terminal, an HTML page or a Markdown
// document, and words that go with a number.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

/// The text, with U+FFFD for each byte that is no UTF-8.
std::string valid_utf8(std::string_view text);

/// Valid UTF-8 without control characters other than newline and tab: a bad byte becomes U+FFFD, terminal
/// escape sequences lose their escape character.
std::string clean_text(std::string_view text);

/// For terminals, messages and the database: one line of valid UTF-8 in which nothing is hidden. Newlines and
/// tabs are spaces; control characters, marks that change the direction of text and bytes that are no UTF-8
/// are escaped ("\x1b", "\u202e"); what has more than `longest` characters is cut and ends in "…".
std::string printable(std::string_view text, std::size_t longest = 500);

/// clean_text, with the five characters of HTML escaped; safe as content and in quoted attributes.
std::string escape_html(std::string_view text);

/// printable, whole, safe in a cell of a Markdown table and as its text: pipes, brackets, emphasis and HTML
/// are escaped.
std::string escape_markdown(std::string_view text);

/// printable, whole, as text of a LaTeX document that pdflatex can set: commands are escaped, and a character
/// that its fonts lack is its code, "[U+1F600]".
std::string escape_latex(std::string_view text);

/// As one word of a POSIX shell that is safe to print: quoted where it must be, and by printf where the text
/// has bytes that a terminal would obey or not show.
std::string quote_shell(std::string_view text);

/// The words of a command that quote_shell() made; of what no shell would take, as far as it goes.
std::vector<std::string> shell_words(std::string_view command);

/// A command of a shell without the folders of absolute paths, which tell of a machine and its user:
/// "run a --db /home/me/a.db" is "run a --db a.db".
std::string without_folders(std::string_view command);

/// "1 run", "3 runs", of whole numbers of any type.
template <typename Count>
std::string plural(Count count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// Columns on a terminal: characters, combining marks not counted, East Asian wide characters twice.
std::size_t display_width(std::string_view text);

/// The longest beginning that fits into that many columns.
std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace rraebench
