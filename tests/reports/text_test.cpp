#include "reports/text.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(CleanText, KeepsValidUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(clean_text("σ₁ ± 😀\n\t"), "σ₁ ± 😀\n\t");
  EXPECT_EQ(clean_text("a\xff"
                       "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(clean_text("\xc3"), "\xEF\xBF\xBD");                  // Cut off.
  EXPECT_EQ(clean_text("\xc0\xaf"), "\xEF\xBF\xBD\xEF\xBF\xBD");  // Overlong.
}

TEST(CleanText, DropsControlCharactersAndDirectionMarks) {
  EXPECT_EQ(clean_text("\x1b[31mred\x07\r"), "[31mred");
  EXPECT_EQ(clean_text("a\u202Eb"), "ab");
  EXPECT_EQ(clean_text(std::string_view("a\0b", 3)), "ab");
}

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("σ₁ ± 😀\n\tb"), "σ₁ ± 😀  b");
  EXPECT_EQ(printable("\x1b[31mred\x07\r"), "\\x1b[31mred\\x07\\x0d");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u009b");  // A control sequence's introducer in one character.
  EXPECT_EQ(printable("a\u202Eb"), "a\\u202eb");
  EXPECT_EQ(printable("\uFFFD"), "\uFFFD");
}

TEST(Printable, IsCutAtItsLength) {
  EXPECT_EQ(printable("äöü", 3), "äöü");
  EXPECT_EQ(printable("äöüß", 3), "äö…");
  EXPECT_EQ(printable("ab\x1b", 5), "ab…");  // No half escape.
  EXPECT_LT(printable(std::string(20'000'000, 'x')).size(), 510U);
}

TEST(EscapeHtml, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(escape_html("<a href=\"x\" title='y'>&"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
}

TEST(EscapeMarkdown, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(escape_markdown("a|b\nc"), "a\\|b c");
  EXPECT_EQ(escape_markdown("<img> **x** [y](z)"), "&lt;img\\> \\*\\*x\\*\\* \\[y\\](z)");
  EXPECT_EQ(escape_markdown("relative_error"), "relative_error");
  EXPECT_EQ(escape_markdown("_x_"), "\\_x\\_");
}

TEST(WithoutFolders, LeavesTheLastNameOfEachAbsolutePath) {
  EXPECT_EQ(without_folders("rraebench run quick --db /home/me/a.db --jobs 2"),
            "rraebench run quick --db a.db --jobs 2");
  EXPECT_EQ(without_folders("/opt/me/bin/rraebench run --db=/home/me/a.db"), "rraebench run --db=a.db");
  EXPECT_EQ(without_folders("run --data-dir '/home/my data/images' b/c.toml"),
            "run --data-dir 'images' b/c.toml");
  EXPECT_EQ(without_folders("run '/home/it'\\''s me/it'\\''s.toml' --jobs 2"),
            "run 'it'\\''s.toml' --jobs 2");
  EXPECT_EQ(without_folders("run --plugin-dir a,/home/me/b --data-dir /home/me/"),
            "run --plugin-dir a,b --data-dir .");
  EXPECT_EQ(without_folders("run images:/home/me/photos /"), "run images:photos .");
  EXPECT_EQ(without_folders("report 'a/b c' --output ./x/y.html"), "report 'a/b c' --output ./x/y.html");
  EXPECT_EQ(without_folders(""), "");
}

TEST(ShellWords, AreThoseThatWereQuoted) {
  const std::vector<std::string> words = {"run", "a b.toml", "$\\beta$-AE", "it's", "", "--db=x"};
  std::string command;
  for (const auto& word : words) command += (command.empty() ? "" : " ") + quote_shell(word);
  EXPECT_EQ(shell_words(command), words);
  EXPECT_EQ(shell_words("a  'b"), (std::vector<std::string>{"a", "b"}));
}

TEST(QuoteShell, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(quote_shell("/tmp/results-1.db"), "/tmp/results-1.db");
  EXPECT_EQ(quote_shell("it's"), "'it'\\''s'");
  EXPECT_EQ(quote_shell(""), "''");
  EXPECT_EQ(quote_shell("$(rm)"), "'$(rm)'");
  EXPECT_EQ(quote_shell("a\xffö\x1b'\\"), "\"$(printf %b 'a\\0377\\0303\\0266\\0033'\\''\\0134')\"");
}

TEST(DisplayWidth, CountsCharactersNotBytes) {
  EXPECT_EQ(display_width("±→σ₁"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("漢"), 2U);
  EXPECT_EQ(display_width("\xff"), 1U);
  EXPECT_EQ(display_width("😀"), 2U);
  EXPECT_EQ(display_width("가각"), 4U);
}

TEST(CutToWidth, CountsColumns) {
  EXPECT_EQ(cut_to_width("漢字かな", 5), "漢字");
  EXPECT_EQ(cut_to_width("e\u0301a", 1), "e\u0301");
  EXPECT_EQ(cut_to_width("abc", 0), "");
  EXPECT_EQ(cut_to_width("abc", 9), "abc");
}

}  // namespace
}  // namespace rraebench
