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

TEST(EscapeHtml, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(escape_html("<a href=\"x\" title='y'>&"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
}

TEST(EscapeMarkdown, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(escape_markdown("a|b\nc"), "a\\|b c");
  EXPECT_EQ(escape_markdown("<img> **x** [y](z)"), "&lt;img\\> \\*\\*x\\*\\* \\[y\\](z)");
  EXPECT_EQ(escape_markdown("relative_error"), "relative_error");
  EXPECT_EQ(escape_markdown("_x_"), "\\_x\\_");
}

TEST(QuoteShell, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(quote_shell("/tmp/results-1.db"), "/tmp/results-1.db");
  EXPECT_EQ(quote_shell("it's"), "'it'\\''s'");
  EXPECT_EQ(quote_shell(""), "''");
  EXPECT_EQ(quote_shell("$(rm)"), "'$(rm)'");
}

TEST(DisplayWidth, CountsCharactersNotBytes) {
  EXPECT_EQ(display_width("±→σ₁"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("漢"), 2U);
  EXPECT_EQ(display_width("\xff"), 1U);
}

}  // namespace
}  // namespace rraebench
