#include "reports/render/table_format.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <sstream>
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

TEST(TableFormats, ShowNoControlCharactersAndStayValid) {
  const std::string bad(
      "a\0\x1b[31m\xff"
      "b\u202e",
      12);
  const Table table{{"t"}, {{bad}, {std::string(5000, 'x')}}};
  const auto text = format_table(table, TableFormat::kText);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("a\\x00\\x1b[31m\\xffb\\u202e"), std::string::npos);
  EXPECT_LT(text.size(), 3500U);  // A long cell is cut.
  EXPECT_EQ(format_table({{"t"}, {{bad}}}, TableFormat::kCsv), "t\r\na\uFFFD\uFFFD[31m\uFFFDb\u202e\r\n");
  const auto markdown = format_table(table, TableFormat::kMarkdown);
  EXPECT_EQ(markdown.find('\x1b'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(format_table(table, TableFormat::kJson))[0]["t"],
            std::string("a\0\x1b[31m\uFFFDb\u202e", 14));
}

TEST(TableWriter, WritesCsvAndJsonAsTheyCome) {
  for (const auto format : {TableFormat::kCsv, TableFormat::kJson}) {
    std::ostringstream out;
    TableWriter writer(out, format);
    writer.take_columns({"x"});
    writer.take_row({std::int64_t{7}});
    EXPECT_NE(out.str().find('7'), std::string::npos);
    for (int row = 0; row < 100'001; ++row) writer.take_row({std::int64_t{7}});
    writer.finish();
  }
}

TEST(TableWriter, RefusesWhatItCannotKeep) {
  for (const auto format : {TableFormat::kText, TableFormat::kMarkdown}) {
    std::ostringstream out;
    TableWriter many(out, format);
    many.take_columns({"x"});
    for (int row = 0; row < 100'000; ++row) many.take_row({std::int64_t{7}});
    EXPECT_THROW(many.take_row({std::int64_t{7}}), TableTooLarge);
    TableWriter large(out, format);
    large.take_columns({"x"});
    EXPECT_THROW(for (int row = 0; row < 100; ++row) large.take_row({std::string(1 << 20, 'x')}),
                 TableTooLarge);
  }
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
