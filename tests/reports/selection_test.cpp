#include "reports/analysis/selection.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/store/query.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rraebench {
namespace {

class Selected : public testing::Test {
 protected:
  Selected() {
    database_.store(make_full_run("VAE", 0));
    database_.store(make_full_run("AE", 0));
  }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Selected, RowsAreThoseOfTheChosenModelsAndMetrics) {
  auto rows = read_report_rows(database_);
  keep_selected(rows, {{}, {"AE"}, {}, {"relative_error"}});
  const auto report = build_report(rows, {});
  ASSERT_EQ(report.comparisons.size(), 1U);
  ASSERT_EQ(report.comparisons[0].labels.size(), 1U);
  EXPECT_EQ(report.comparisons[0].labels[0].label, "AE");
  for (const auto& table : report.comparisons[0].tables)
    for (const auto& column : table.columns) EXPECT_EQ(column.name, "relative_error");
}

TEST_F(Selected, RowsAreThoseOfTheChosenSeedsAndComparisons) {
  database_.store(make_full_run("AE", 1));
  auto rows = read_report_rows(database_);
  Selection selection;
  selection.seeds = {1};
  selection.comparisons = {"shift"};
  keep_selected(rows, selection);
  const auto report = build_report(rows, {});
  ASSERT_EQ(report.comparisons.size(), 1U);
  EXPECT_EQ(report.comparisons[0].seeds, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(report.comparisons[0].labels.size(), 1U) << "VAE has no such seed";
  auto figures = run_view(database_, "figures");
  const auto all = figures.rows.size();
  keep_selected(figures, selection);
  EXPECT_EQ(figures.rows.size(), all / 3);
  auto summary = run_view(database_, "leaderboard");
  EXPECT_THROW(keep_selected(summary, selection), std::invalid_argument);
  selection.seeds = {7};
  auto again = read_report_rows(database_);
  EXPECT_THROW(keep_selected(again, selection), std::invalid_argument);
}

TEST_F(Selected, ACollapsedModelIsKnownWhateverMetricsAreShown) {
  for (const std::int64_t seed : {0, 1, 2}) {
    auto run = make_run("collapsed", seed);
    run.metrics = {make_metric("generate", "precision", 1.0, "higher"),
                   make_metric("collapse", "active_units", 0.0, "")};
    database_.store(run);
  }
  auto rows = read_report_rows(database_);
  keep_selected(rows, {{}, {"collapsed"}, {}, {"precision"}});
  const auto report = build_report(rows, {});
  EXPECT_TRUE(report.comparisons.at(0).labels.at(0).collapsed);
  EXPECT_EQ(report.comparisons[0].tables.size(), 1U);
}

TEST_F(Selected, AValueOfASweepMayBeWrittenOtherwise) {
  database_.store(make_full_run("VAE beta=1e-04", 0));
  auto rows = read_report_rows(database_);
  keep_selected(rows, {{}, {"VAE beta=1e-4"}, {}, {}});
  ASSERT_EQ(rows.runs.size(), 1U);
  EXPECT_EQ(rows.runs[0].place.label, "VAE beta=1e-04");
}

TEST_F(Selected, PatternsChooseAllThatTheyFit) {
  database_.store(make_full_run("VAE beta=1e-04", 0));
  auto rows = read_report_rows(database_);
  keep_selected(rows, {{}, {"VAE*"}, {"sh*"}, {"*/relative_error"}, {"shi?t"}});
  ASSERT_EQ(rows.runs.size(), 2U);
  for (const auto& figure : rows.figures) EXPECT_EQ(figure.column.name, "relative_error");
  auto again = read_report_rows(database_);
  EXPECT_THROW(keep_selected(again, {{}, {"VRRAE*"}, {}, {}}), std::invalid_argument);
}

TEST_F(Selected, ClaimsAtEqualRateGoByTheNamesOfSweeps) {
  database_.store(make_run("VAE beta=1", 0, 1.0));
  database_.store(make_run("VRRAE beta=1", 0, 1.0));
  ClaimRecord claim;
  claim.comparison = "shift";
  claim.kind = "better";
  claim.label = "VRRAE";
  claim.than = "VAE";
  claim.at_equal = "collapse/kl_total";
  database_.set_claims("quick", {claim});
  auto rows = read_report_rows(database_);
  keep_selected(rows, {});
  EXPECT_EQ(rows.claims.size(), 1U);
  keep_selected(rows, {{}, {"VAE"}, {}, {}});
  EXPECT_TRUE(rows.claims.empty());
}

TEST_F(Selected, TablesLikewise) {
  auto table = run_view(database_, "figures");
  const auto all = table.rows.size();
  keep_selected(table, {{"quick"}, {"AE"}, {"shift"}, {}});
  EXPECT_EQ(table.rows.size(), all / 2);
}

TEST_F(Selected, ANameThatChoosesNothingIsAnError) {
  const Selection wrong[] = {{{}, {"AEE"}, {}, {}}, {{}, {}, {"shif"}, {}}, {{}, {}, {}, {"relative_eror"}}};
  for (const auto& selection : wrong) {
    auto rows = read_report_rows(database_);
    EXPECT_THROW(keep_selected(rows, selection), std::invalid_argument);
    auto table = run_view(database_, "leaderboard");
    EXPECT_THAT(complaint_of<std::invalid_argument>([&] { keep_selected(table, selection); }),
                testing::HasSubstr("did you mean"));
  }
}

TEST_F(Selected, SeveralFilesAreReadAsOne) {
  {
    auto other = ResultsDatabase::open_or_create(folder_ / "other.db");
    other.store(make_full_run("VAE", 1));
  }
  const auto before = read_file(folder_ / "other.db");
  const auto together = ResultsDatabase::open_together({folder_ / "results.db", folder_ / "other.db"});
  EXPECT_EQ(read_report_rows(together).runs.size(), 3U);
  EXPECT_EQ(read_file(folder_ / "other.db"), before);
  {
    auto contrary = ResultsDatabase::open_or_create(folder_ / "contrary.db");
    auto run = make_full_run("VAE", 0);
    run.started_at = "2031-01-01T00:00:00Z";
    run.metrics.front().value += 1.0;
    contrary.store(run);
  }
  EXPECT_THROW(ResultsDatabase::open_together({folder_ / "results.db", folder_ / "contrary.db"}),
               DatabaseError);
}

}  // namespace
}  // namespace rraebench
