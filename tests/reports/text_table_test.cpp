#include "reports/render/text_table.hpp"

#include "reports/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const Table& table, const TextLayout& layout) {
  std::ostringstream out;
  write_text_table(out, table, layout);
  return out.str();
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, display_width(line));
  return widest;
}

Table wide_table() {
  Table table{{"suite", "label", "definition", "mean"}, {}};
  for (const char* label : {"VAE", "VRRAE"})
    table.rows.push_back(
        {std::string("quick"), std::string(label),
         std::string("the distance of two Gaussians with the moments of the features of ") + label,
         12.3456789});
  return table;
}

TEST(TextTable, KeepsWhatFits) {
  const Table table{{"label", "mean"}, {{std::string("VAE"), 12.3456789}}};
  EXPECT_EQ(text_of(table, {80, 4}), "label   mean\n-----  -----\nVAE    12.35\n");
  EXPECT_EQ(text_of(table, {}), "label        mean\n-----  ----------\nVAE    12.3456789\n");
}

TEST(TextTable, SaysConstantColumnsOnceAndWrapsLongTexts) {
  const auto text = text_of(wide_table(), {60, 4});
  EXPECT_LE(widest_line(text), 60U);
  EXPECT_THAT(text, HasSubstr("every row has suite: quick, mean: 12.35"));
  EXPECT_THAT(text, HasSubstr("label  definition"));
  EXPECT_THAT(text, HasSubstr("\n       ")) << "a text that goes on";
}

TEST(TextTable, LeavesOutWhatIsExpendableBeforeItIsBlocks) {
  Table table{{"label", "sha256", "mean", "reference_count", "maximum"}, {}};
  for (int row = 0; row < 2; ++row)
    table.rows.push_back({"model " + std::to_string(row), std::string(64, static_cast<char>('a' + row)),
                          1.5 + row, std::int64_t{10000 + row}, 2.5 + row});
  const auto text = text_of(table, {30, 4, {"sha256", "no such column", "reference_count", "maximum"}});
  EXPECT_LE(widest_line(text), 40U);
  EXPECT_THAT(text,
              HasSubstr("left out for want of room:\nsha256, reference_count\n\nlabel    mean  maximum\n"));
  EXPECT_THAT(text_of(table, {120, 4, {"maximum"}}), HasSubstr("maximum\n")) << "there is room";
  EXPECT_THAT(text_of(table, {14, 4, {"sha256"}}), HasSubstr("sha256 ")) << "blocks have all columns";
}

TEST(TextTable, IsBlocksWhereColumnsDoNotFit) {
  auto table = wide_table();
  for (int i = 0; i < 10; ++i) {
    table.columns.push_back("number " + std::to_string(i));
    for (std::size_t row = 0; row < table.rows.size(); ++row)
      table.rows[row].emplace_back(1e6 + i + static_cast<double>(row));
  }
  const auto text = text_of(table, {40, 8});
  EXPECT_LE(widest_line(text), 40U);
  EXPECT_THAT(text, HasSubstr("number 9    1000009\n"));
  EXPECT_THAT(text, HasSubstr("number 9    1000010\n"));
  EXPECT_THAT(text, Not(HasSubstr("…")));
}

TEST(TextTable, FitsTheNarrowestWindow) {
  for (const std::size_t width : {1U, 5U, 20U}) EXPECT_FALSE(text_of(wide_table(), {width, 4}).empty());
  EXPECT_FALSE(text_of({{"a"}, {}}, {1, 4}).empty());
}

}  // namespace
}  // namespace rraebench
