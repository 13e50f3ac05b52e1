#include "fixture.hpp"
#include "reports/store/database.hpp"
#include "reports/store/query.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace rraebench {
namespace {

class Views : public testing::Test {
 protected:
  std::map<std::string, Cell> one_row(const std::string& sql) const {
    const auto table = run_query(database_, sql);
    EXPECT_EQ(table.rows.size(), 1U) << sql;
    std::map<std::string, Cell> row;
    for (std::size_t i = 0; i < table.columns.size(); ++i) row[table.columns[i]] = table.rows.at(0)[i];
    return row;
  }
  std::size_t rows(const std::string& sql) const { return run_query(database_, sql).rows.size(); }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Views, LeaderboardHasMeanAndSampleDeviation) {
  const double values[] = {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0};  // Mean 5, squares 32.
  for (int seed = 0; seed < 8; ++seed) database_.store(make_run("VAE", seed, values[seed]));
  const auto row = one_row("SELECT * FROM leaderboard");
  EXPECT_DOUBLE_EQ(std::get<double>(row.at("mean")), 5.0);
  EXPECT_DOUBLE_EQ(std::get<double>(row.at("std")), std::sqrt(32.0 / 7.0));
  EXPECT_EQ(row.at("n"), Cell(std::int64_t{8}));
  EXPECT_EQ(row.at("minimum"), Cell(2.0));
  EXPECT_EQ(row.at("maximum"), Cell(9.0));
  EXPECT_EQ(row.at("unit"), Cell(std::string("%")));
}

TEST_F(Views, DeviationIsSoundForLargeMeans) {
  // The one-pass formula gives 0 or worse here.
  for (int seed = 0; seed < 3; ++seed) database_.store(make_run("VAE", seed, 1e9 + seed));
  const auto row = one_row("SELECT * FROM leaderboard");
  EXPECT_DOUBLE_EQ(std::get<double>(row.at("mean")), 1e9 + 1);
  EXPECT_DOUBLE_EQ(std::get<double>(row.at("std")), 1.0);
}

TEST_F(Views, OneRunHasNoDeviationAndNaNDoesNotCount) {
  database_.store(make_run("VAE", 0, 3.0));
  database_.store(make_run("VAE", 1, std::nan("")));
  const auto row = one_row("SELECT * FROM leaderboard");
  EXPECT_EQ(row.at("mean"), Cell(3.0));
  EXPECT_EQ(row.at("std"), Cell(std::monostate{}));
  EXPECT_EQ(row.at("n"), Cell(std::int64_t{1}));
}

TEST_F(Views, LeaderboardCountsOnlyCurrentOkRuns) {
  database_.store(make_run("VAE", 0, 3.0));
  auto failed = make_run("VAE", 1, 100.0);
  failed.status = RunStatus::kDiverged;
  database_.store(failed);
  // Seed 2 was ok, then ran again and crashed: what went well counts.
  auto again = make_run("VAE", 2, 4.0);
  database_.store(again);
  again.attempt = 2;
  again.status = RunStatus::kCrash;
  again.message = "signal 11";
  database_.store(again);
  // Seed 3 ran with an older build of the plugin, too.
  auto old = make_run("VAE", 3, 70.0);
  old.identity = "older build";
  old.spec_json = R"({"plugin_sha256":"older"})";
  database_.store(old);
  auto fresh = make_run("VAE", 3, 5.0);
  fresh.started_at = "2025-01-02T00:00:00Z";
  database_.store(fresh);

  const auto row = one_row("SELECT * FROM leaderboard");
  EXPECT_EQ(row.at("mean"), Cell(4.0));
  EXPECT_EQ(row.at("n"), Cell(std::int64_t{3}));
  EXPECT_EQ(rows("SELECT * FROM runs"), 5U);
  EXPECT_EQ(rows("SELECT * FROM runs WHERE current"), 4U);
  EXPECT_EQ(one_row("SELECT seed, fault FROM failures").at("fault"), Cell(std::string("model")));
}

TEST_F(Views, AFigureThatIsNoNumberInAnyRunHasARowWithoutAMean) {
  database_.store(make_run("VAE", 0, std::nan("")));
  const auto row = one_row("SELECT * FROM leaderboard");
  EXPECT_EQ(row.at("mean"), Cell(std::monostate{}));
  EXPECT_EQ(row.at("n"), Cell(std::int64_t{0}));
}

TEST_F(Views, DifferentConditionsAreDifferentRows) {
  auto run = make_run("VAE", 0);
  run.metrics = {make_fid(1.0, "classifier", "aa", 1000), make_fid(2.0, "classifier", "bb", 1000),
                 make_fid(3.0, "pca:16", "", 1000), make_fid(4.0, "classifier", "aa", 500)};
  database_.store(run);
  EXPECT_EQ(rows("SELECT * FROM leaderboard"), 4U);
}

TEST_F(Views, LeaderboardStartsWithTheBest) {
  database_.store(make_run("worse", 0, 9.0));
  database_.store(make_run("better", 0, 1.0));
  auto high = make_run("high", 0);
  high.metrics = {make_metric("collapse", "active_unit_fraction", 0.9, "higher")};
  auto low = make_run("low", 0);
  low.metrics = {make_metric("collapse", "active_unit_fraction", 0.1, "higher")};
  database_.store(low);
  database_.store(high);
  const auto table = run_query(database_, "SELECT label FROM leaderboard");
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0][0], Cell(std::string("high")));
  EXPECT_EQ(table.rows[2][0], Cell(std::string("better")));
}

TEST_F(Views, LeaderboardHasTheMedian) {
  const std::vector<double> errors = {5.0, 1.0, 90.0, 2.0};
  for (std::size_t seed = 0; seed < errors.size(); ++seed) {
    database_.store(make_run("VAE", static_cast<std::int64_t>(seed), errors[seed]));
    auto sorted = std::vector<double>(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(seed) + 1);
    std::sort(sorted.begin(), sorted.end());
    const double median = 0.5 * (sorted[seed / 2] + sorted[(seed + 1) / 2]);
    EXPECT_EQ(one_row("SELECT * FROM leaderboard WHERE name = 'relative_error'").at("median"), Cell(median));
  }
}

TEST_F(Views, PaperGapSetsOursBesideThePaper) {
  database_.store(make_run("VAE", 0, 3.0));
  database_.store(make_run("VAE", 1, 5.0));
  database_.set_published(
      "quick",
      {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 3.5, 0.25, "a paper"},
       {"shift", "not run", "reconstruct", "relative_error", "", "test", 1.0, std::nullopt, "a paper"}});
  const auto row = one_row("SELECT * FROM paper_gap WHERE label = 'VAE'");
  EXPECT_EQ(row.at("published"), Cell(3.5));
  EXPECT_EQ(row.at("published_std"), Cell(0.25));
  EXPECT_EQ(row.at("ours"), Cell(4.0));
  EXPECT_EQ(row.at("gap"), Cell(0.5));
  EXPECT_EQ(row.at("n"), Cell(std::int64_t{2}));
  EXPECT_EQ(row.at("budget_share"), Cell(std::monostate{}));  // These runs do not tell.
  EXPECT_EQ(one_row("SELECT * FROM paper_gap WHERE label = 'not run'").at("ours"), Cell(std::monostate{}));
}

TEST_F(Views, PaperGapSaysOfHowMuchTrainingOursIs) {
  auto run = make_run("VAE", 0, 3.0);
  run.spec_json = R"({"training":{"scale":0.25}})";
  database_.store(run);
  database_.set_published(
      "quick", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 3.5, std::nullopt, "a paper"}});
  EXPECT_EQ(one_row("SELECT * FROM paper_gap").at("budget_share"), Cell(0.25));
}

}  // namespace
}  // namespace rraebench
