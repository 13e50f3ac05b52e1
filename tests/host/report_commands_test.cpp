// report in all its formats, compare and query, as a user calls them.
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <regex>
#include <thread>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// The runs are made once; each test has a copy of their database.
class ReportCommands : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    trained_ = std::make_unique<TemporaryFolder>();
    const auto suite =
        trained_->write("tiny.toml", tiny_suite(model_table("ae") + model_table("vae"), "[0, 1]"));
    const auto ran = call({"run", suite, "--threads", "1", "--db", (*trained_ / "results.db").string(),
                           "--cache-dir", (*trained_ / "cache").string()});
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  }
  static void TearDownTestSuite() { trained_.reset(); }
  void SetUp() override { std::filesystem::copy_file(*trained_ / "results.db", database_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  static inline std::unique_ptr<TemporaryFolder> trained_;
  TemporaryFolder folder_;
  std::string database_ = path("results.db");
  std::string cache_ = (*trained_ / "cache").string();
};

TEST_F(ReportCommands, AnswerInEveryFormatAndToEveryChoice) {
  const auto latex = call({"report", "--db", database_, "--format", "latex", "--output", path("tex"),
                           "--figures", path("figures")});
  EXPECT_EQ(latex.exit_code, 0) << latex.errors;
  EXPECT_THAT(read_file(folder_ / "tex/report.tex"), HasSubstr("\\input{tables/tiny-tiny-reconstruct}"));
  EXPECT_THAT(read_file(folder_ / "tex/tables/tiny-tiny-reconstruct.tex"), HasSubstr("\\num{"));
  EXPECT_THAT(read_file(folder_ / "figures/tiny-tiny-training.svg"), StartsWith("<?xml"));

  const auto figures = call({"report", "--db", database_, "--format", "json", "--output", "-", "--model",
                             "vae", "--metric", "reconstruct/relative_error"});
  EXPECT_EQ(figures.exit_code, 0) << figures.errors;
  const auto rows = nlohmann::json::parse(figures.output);
  ASSERT_EQ(rows.size(), 4U) << "two seeds, train and test";
  for (const auto& row : rows) EXPECT_EQ(row.at("model"), "vae");
  std::vector<std::pair<std::string, int>> order;
  const auto all = call({"report", "--db", database_, "--format", "json", "--output", "-"});
  for (const auto& row : nlohmann::json::parse(all.output))
    order.emplace_back(row.at("model"), row.at("seed"));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << "as the suite has them, not as they ran";
  const auto summary = call({"report", "--db", database_, "--format", "json", "--output", "-", "--summary",
                             "--model", "vae", "--metric", "reconstruct/relative_error"});
  EXPECT_EQ(nlohmann::json::parse(summary.output).size(), 2U);

  const auto galleries = [&](const std::string& pictures) {
    const auto page = call({"report", "--db", database_, "--output", "-", "--pictures", pictures}).output;
    EXPECT_NE(page.find("<svg"), std::string::npos) << "charts stay";
    std::size_t count = 0;
    for (auto at = page.find("class=\"gallery"); at != std::string::npos;
         at = page.find("class=\"gallery", at + 1))
      ++count;
    return count;
  };
  EXPECT_EQ(galleries("none"), 0U);
  EXPECT_EQ(galleries("few"), 3U) << "one of each protocol";
  EXPECT_GE(galleries("all"), 3U);
  for (const auto& [arguments, fault] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--model", "vaee"}, "--models 'vaee' has no results: did you mean 'vae'"},
           {{"--pictures", "some"}, "--pictures is 'some'"},
           {{"--summary"}, "--summary has a meaning with --format csv or json"},
           {{"--format", "csv", "--figures", "x"}, "--figures has no meaning"},
           {{"--format", "latex", "--output", "-"}, "name a folder"},
           {{"--output", path("report.tex")}, "name a folder, with --format latex"},
           {{"--format", "html", "--output", path("report.md")}, "report.md' but --format is html"},
           {{"--format", "latex", "--output", "/proc/none"}, "cannot be written"}}) {
    auto command = std::vector<std::string>{"report", "--db", database_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto refused = call(command);
    EXPECT_EQ(refused.exit_code, 2) << fault;
    EXPECT_THAT(refused.errors, HasSubstr(fault));
    EXPECT_EQ(line_count(refused.errors), 1) << refused.errors;
  }
}

TEST_F(ReportCommands, WritesWhatTheFileIsNamedAfter) {
  const auto written = [&](const std::string& name) {
    const auto result = call({"report", "--db", database_, "--output", path(name)});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return read_file(folder_ / name);
  };
  EXPECT_THAT(written("a.md"), StartsWith("# "));
  EXPECT_THAT(written("a.csv"), StartsWith("suite,comparison,"));
  EXPECT_THAT(written("a.json"), StartsWith("["));
  EXPECT_THAT(written("a.html"), StartsWith("<!doctype html>"));
  EXPECT_THAT(written("report"), StartsWith("<!doctype html>"));
}

TEST_F(ReportCommands, ASuiteMayBeNamedByItsFile) {
  const auto by_name = call({"report", "tiny", "--db", database_, "--format", "csv", "-o", "-"});
  EXPECT_EQ(by_name.exit_code, 0) << by_name.errors;
  const auto by_file =
      call({"report", (*trained_ / "tiny.toml").string(), "--db", database_, "--format", "csv", "-o", "-"});
  EXPECT_EQ(by_file.exit_code, 0) << by_file.errors;
  EXPECT_EQ(by_file.output, by_name.output);
  std::filesystem::copy_file(database_, path("copy.db"));
  const auto compared = call({"compare", database_, path("copy.db"), "--suite", "sub/tiny.toml"});
  EXPECT_EQ(compared.exit_code, 0) << compared.errors;
  EXPECT_THAT(call({"report", "other.toml", "--db", database_, "-o", "-"}).errors,
              HasSubstr("no runs of a suite 'other' in"));
}

TEST_F(ReportCommands, CompareFindsNothingBetweenEqualFilesAndSaysWhatGotWorse) {
  const auto copy = path("copy.db");
  std::filesystem::copy_file(database_, copy);
  const auto equal = call({"compare", database_, copy});
  EXPECT_EQ(equal.exit_code, 0) << equal.errors;
  EXPECT_EQ(equal.output, "");
  EXPECT_THAT(equal.errors, AllOf(HasSubstr(" same"), Not(HasSubstr("worse"))));
  auto text = tiny_suite(model_table("ae") + model_table("vae"), "[0, 1]", 1);
  const std::string sampler = ", \"mixture:2\"";
  text.erase(text.find(sampler), sampler.size());
  const auto shorter = folder_.write("shorter/tiny.toml", text).string();
  const auto worse = path("worse.db");
  ASSERT_EQ(call({"run", shorter, "--threads", "1", "--db", worse, "--cache-dir", cache_}).exit_code, 0);
  const auto changed =
      call({"compare", database_, worse, "--metric", "reconstruct/relative_error", "--format", "json"});
  EXPECT_EQ(changed.exit_code, 1) << changed.errors;
  EXPECT_EQ(nlohmann::json::parse(changed.output).at(0).at("change"), "worse");
  const auto fids = [&](const std::string& format) {
    return call({"compare", database_, worse, "--metric", "generate/fid", "--format", format}).output;
  };
  std::size_t gone = 0;
  for (const auto& row : nlohmann::json::parse(fids("json"))) {
    if (row.at("change") != "gone") continue;
    ++gone;
    EXPECT_TRUE(row.at("before").is_number());
    EXPECT_TRUE(row.at("after").is_null());
    EXPECT_TRUE(row.at("percent").is_null()) << row;
  }
  EXPECT_EQ(gone, 2U);
  const std::regex all_digits(R"(\d\.\d{9})");
  EXPECT_TRUE(std::regex_search(fids("csv"), all_digits));
  for (const char* format : {"markdown", "table"})
    EXPECT_FALSE(std::regex_search(fids(format), all_digits)) << fids(format);
  EXPECT_EQ(call({"compare", database_}).exit_code, 2);
  EXPECT_EQ(call({"compare", database_, path("none.db")}).exit_code, 2);
  EXPECT_EQ(call({"compare", database_, copy, "--tolerance", "-1"}).exit_code, 2);
}

TEST_F(ReportCommands, CompareLooksBackInOneFile) {
  const auto grown = path("grown.db");
  std::filesystem::copy_file(database_, grown);
  const auto moment = query_value(database_, "select strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+1 second')");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const auto shorter =
      folder_.write("later/tiny.toml", tiny_suite(model_table("ae") + model_table("vae"), "[0, 1]", 1))
          .string();
  ASSERT_EQ(call({"run", shorter, "--threads", "1", "--db", grown, "--cache-dir", cache_}).exit_code, 0);
  const auto changed = call(
      {"compare", grown, "--since", moment, "--metric", "reconstruct/relative_error", "--format", "json"});
  EXPECT_EQ(changed.exit_code, 1) << changed.errors;
  EXPECT_EQ(nlohmann::json::parse(changed.output).at(0).at("change"), "worse");
  const auto same = call({"compare", grown, "--since", "2999-01-01"});
  EXPECT_EQ(same.exit_code, 0) << same.errors;
  EXPECT_THAT(same.errors, HasSubstr(" same"));
  EXPECT_THAT(call({"compare", grown, "--since", "2000-01-01"}).errors, HasSubstr("2 new"));
  EXPECT_EQ(call({"compare", grown, "--since", "yesterday"}).exit_code, 2);
  EXPECT_EQ(call({"compare", grown, database_, "--since", "2999-01-01"}).exit_code, 2);
}

TEST_F(ReportCommands, QueryTakesValuesAndExplainsItsViews) {
  const auto asked =
      call({"query", "select count(*) as n from figures where label = :who and name = :what", "--set",
            "who=vae", "--set", "what=relative_error", "--db", database_, "--format", "csv"});
  EXPECT_EQ(asked.exit_code, 0) << asked.errors;
  EXPECT_THAT(asked.output, Not(HasSubstr("\n0\r")));
  const auto views = call({"query", "--views", "--db", database_});
  EXPECT_THAT(views.output, AllOf(HasSubstr("leaderboard"), HasSubstr("A row a figure and seed")));
  EXPECT_EQ(call({"query", "select :x", "--db", database_}).exit_code, 2);
  EXPECT_EQ(call({"query", "select 1", "--set", "x", "--db", database_}).exit_code, 2);
  EXPECT_EQ(call({"query", "--set", "x=1", "--db", database_}).exit_code, 2);
}

}  // namespace
}  // namespace rraebench
