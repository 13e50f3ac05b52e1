#include "reports/table_format.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <stdexcept>

namespace rraebench {
namespace {

Table sample() {
  return {{"label", "mean", "n"},
          {{std::string("VAE ± →"), 0.1, std::int64_t{10}},
           {std::string("a|b,\"c\""), std::monostate{}, std::int64_t{-2}}}};
}

TEST(TableText, AlignsByWidthOnTheTerminal) {
  EXPECT_EQ(format_table(sample(), TableFormat::kText),
            "label    mean   n\n"
            "-------  ----  --\n"
            "VAE ± →   0.1  10\n"
            "a|b,\"c\"        -2\n");
}

TEST(TableText, ShowsControlCharactersInsteadOfSendingThem) {
  const auto text = format_table({{"t"}, {{std::string("a\n\x1b[31mb\tc")}}}, TableFormat::kText);
  EXPECT_EQ(text, "t\n---------------\na\\n\\x1b[31mb\\tc\n");
}

TEST(TableText, SaysThatThereAreNoRows) {
  EXPECT_EQ(format_table({{"a", "b"}, {}}, TableFormat::kText), "a  b\n-  -\n(no rows)\n");
}

TEST(TableCsv, QuotesByRfc4180AndTellsNullFromEmptyText) {
  EXPECT_EQ(format_table(sample(), TableFormat::kCsv),
            "label,mean,n\r\nVAE ± →,0.1,10\r\n\"a|b,\"\"c\"\"\",,-2\r\n");
  EXPECT_EQ(format_table({{"a", "b"}, {{std::string(), std::monostate{}}}}, TableFormat::kCsv),
            "a,b\r\n\"\",\r\n");
  EXPECT_EQ(format_table({{"a"}, {{std::string("x\ny")}}}, TableFormat::kCsv), "a\r\n\"x\ny\"\r\n");
}

TEST(TableNumbers, AreTheShortestThatReadBackTheSame) {
  for (const double value : {0.1, 1.0 / 3.0, 1e-300, 123456789.123, 5e-324}) {
    const auto csv = format_table({{"x"}, {{value}}}, TableFormat::kCsv);
    EXPECT_EQ(std::stod("0") + std::strtod(csv.c_str() + 3, nullptr), value);
  }
  EXPECT_EQ(format_table({{"x"}, {{0.1}}}, TableFormat::kCsv), "x\r\n0.1\r\n");
}

TEST(TableJson, IsAnArrayOfObjectsInColumnOrder) {
  const auto text = format_table(sample(), TableFormat::kJson);
  const auto rows = nlohmann::ordered_json::parse(text);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].dump(), R"({"label":"VAE ± →","mean":0.1,"n":10})");
  EXPECT_TRUE(rows[1]["mean"].is_null());
}

TEST(TableJson, CopesWithRepeatedNamesInfinitiesAndBadUtf8) {
  const auto text = format_table(
      {{"a", "a"}, {{std::numeric_limits<double>::infinity(), std::string("\xff")}}}, TableFormat::kJson);
  const auto rows = nlohmann::ordered_json::parse(text);
  EXPECT_TRUE(rows[0]["a"].is_null());
  EXPECT_EQ(rows[0]["a_2"], "\xEF\xBF\xBD");
  EXPECT_EQ(nlohmann::json::parse(format_table({{"a"}, {}}, TableFormat::kJson)).size(), 0U);
}

TEST(TableMarkdown, EscapesPipes) {
  EXPECT_EQ(format_table(sample(), TableFormat::kMarkdown),
            "| label | mean | n |\n| --- | --- | ---: |\n| VAE ± → | 0.1 | 10 |\n| a\\|b,\"c\" |  | -2 |\n");
}

TEST(TableFormatName, IsParsedOrRefused) {
  EXPECT_EQ(parse_table_format("table"), TableFormat::kText);
  EXPECT_EQ(parse_table_format("markdown"), TableFormat::kMarkdown);
  EXPECT_THROW(parse_table_format("xml"), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
