#include "reports/analysis/comparison.hpp"

#include "fixture.hpp"
#include "reports/store/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Report : public testing::Test {
 protected:
  ComparisonReport build(const std::vector<std::string>& suites = {}) const {
    ReportOptions options;
    options.suites = suites;
    return build_report(database_, options);
  }
  void store_error(const std::string& label, std::int64_t seed, double error) {
    database_.store(make_run(label, seed, error));
  }
  void store_failure(const std::string& label, std::int64_t seed, RunStatus status,
                     const std::string& message) {
    auto run = make_run(label, seed, 1.0);
    run.status = status;
    run.message = message;
    database_.store(run);
  }

  ScratchFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Report, OfAnEmptyDatabaseIsEmpty) {
  const auto report = build({"quick"});
  EXPECT_THAT(report.comparisons, IsEmpty());
  EXPECT_EQ(report.runs, 0);
  EXPECT_EQ(report.database_path, (folder_ / "results.db").string());
}

TEST_F(Report, KeepsLabelsInOrderOfFirstAppearance) {
  store_error("zeta", 0, 1.0);
  store_error("alpha", 0, 2.0);
  store_error("zeta", 1, 1.0);
  const auto report = build();
  ASSERT_THAT(report.comparisons, SizeIs(1));
  const auto& labels = report.comparisons[0].labels;
  ASSERT_THAT(labels, SizeIs(2));
  EXPECT_EQ(labels[0].label, "zeta");
  EXPECT_EQ(labels[1].label, "alpha");
  EXPECT_THAT(report.comparisons[0].seeds, ElementsAre(0, 1));
  EXPECT_EQ(describe(labels[0].tally), "2 of 2 runs");
  EXPECT_EQ(describe(labels[1].tally), "1 of 2 runs, 1 missing");
}

TEST_F(Report, AveragesOverSeedsAndPrintsAColumnAlike) {
  store_error("VAE", 0, 2.0);
  store_error("VAE", 1, 4.0);
  store_error("AE", 0, 126.0);
  const auto report = build();
  const auto& table = report.comparisons.at(0).tables.at(0);
  EXPECT_EQ(table.protocol, "reconstruct");
  const auto& vae = table.cells[0][0];
  EXPECT_EQ(vae.n, 2);
  EXPECT_DOUBLE_EQ(vae.mean, 3.0);
  EXPECT_DOUBLE_EQ(*vae.deviation, std::sqrt(2.0));
  EXPECT_EQ(vae.mean_text, "3.00");
  EXPECT_EQ(vae.deviation_text, "1.41");
  EXPECT_EQ(table.cells[1][0].mean_text, "126.00");
  EXPECT_EQ(table.cells[1][0].deviation_text, "");
}

TEST_F(Report, NeverMixesExtractorsOrCountsInAColumn) {
  auto a = make_run("VAE", 0);
  a.metrics = {make_fid(10.0, "classifier", "aa", 1000), make_fid(11.0, "classifier", "aa", 500),
               make_fid(12.0, "classifier", "bb", 1000)};
  database_.store(a);
  auto b = make_run("AE", 0);
  b.metrics = {make_fid(5.0, "pca:16", "", 1000)};
  database_.store(b);
  const auto report = build();
  const auto& table = report.comparisons.at(0).tables.at(0);
  ASSERT_THAT(table.columns, SizeIs(4));
  for (std::size_t column = 0; column < 4; ++column) {
    EXPECT_EQ(table.cells[0][column].n + table.cells[1][column].n, 1) << column;
    EXPECT_FALSE(table.cells[0][column].best || table.cells[1][column].best) << "nothing to compare with";
  }
}

TEST_F(Report, MarksTheBestInBothDirectionsAndAllTies) {
  const auto store = [&](const std::string& label, double error, double fraction) {
    auto run = make_run(label, 0, error);
    run.metrics.push_back(make_metric("collapse", "active_unit_fraction", fraction, "higher"));
    run.metrics.push_back(make_metric("collapse", "active_units", fraction * 10, ""));
    database_.store(run);
  };
  store("a", 2.5001, 0.5);
  store("b", 2.5002, 0.9);  // Prints like a.
  store("c", 40.0, 0.1);
  const auto report = build();
  const auto& tables = report.comparisons.at(0).tables;
  const auto marks = [](const MetricTable& table, std::size_t column) {
    std::vector<bool> result;
    for (const auto& row : table.cells) result.push_back(row[column].best);
    return result;
  };
  EXPECT_THAT(marks(tables[0], 0), ElementsAre(true, true, false));
  EXPECT_THAT(marks(tables[1], 0), ElementsAre(false, true, false));
  EXPECT_THAT(marks(tables[1], 1), ElementsAre(false, false, false));
}

TEST_F(Report, InfiniteAndMissingFiguresAreNeverBest) {
  store_error("infinite", 0, -std::numeric_limits<double>::infinity());
  store_error("none", 0, std::nan(""));
  store_error("a", 0, 1.0);
  store_error("b", 0, 2.0);
  const auto report = build();
  const auto& cells = report.comparisons.at(0).tables.at(0).cells;
  EXPECT_FALSE(cells[0][0].best);
  EXPECT_FALSE(cells[1][0].best);
  EXPECT_EQ(cells[1][0].n, 0);
  EXPECT_EQ(cells[1][0].not_a_number, 1);
  EXPECT_TRUE(cells[2][0].best);
}

TEST_F(Report, CountsFailuresAndImputesNothing) {
  store_error("VAE", 0, 3.0);
  store_failure("VAE", 1, RunStatus::kDiverged, "the loss is NaN");
  store_failure("VAE", 2, RunStatus::kDiverged, "the loss is NaN");
  store_failure("AE", 0, RunStatus::kCrash, "signal 11");
  const auto report = build();
  const auto& comparison = report.comparisons.at(0);
  EXPECT_EQ(describe(comparison.labels[0].tally), "1 of 3 runs, 2 diverged");
  EXPECT_EQ(describe(comparison.labels[1].tally), "0 of 3 runs, 1 crash, 2 missing");
  EXPECT_EQ(comparison.tables.at(0).cells[0][0].n, 1);
  EXPECT_EQ(comparison.tables.at(0).cells[0][0].mean, 3.0);
  EXPECT_EQ(comparison.tables.at(0).cells[1][0].n, 0);
  EXPECT_EQ(report.runs, 4);
  EXPECT_EQ(report.ok_runs, 1);
  ASSERT_THAT(report.failures, SizeIs(3));
  EXPECT_EQ(report.failures[2].message, "signal 11");
  EXPECT_EQ(report.failures[2].status, RunStatus::kCrash);
}

TEST_F(Report, TakesPicturesOfTheFirstSeedThatIsOk) {
  auto failed = make_full_run("VAE", 0);
  failed.status = RunStatus::kError;
  database_.store(make_full_run("VAE", 2));
  database_.store(make_full_run("VAE", 1));
  database_.store(failed);
  const auto report = build();
  const auto& comparison = report.comparisons.at(0);
  ASSERT_THAT(comparison.images, SizeIs(1));
  EXPECT_EQ(comparison.images[0].seed, 1);
  EXPECT_EQ(comparison.images[0].image.png, tiny_png());
  ASSERT_THAT(comparison.curves, SizeIs(3));
  EXPECT_EQ(comparison.curves[0].status, RunStatus::kError);
  EXPECT_EQ(comparison.curves[0].series, "loss");
  EXPECT_EQ(comparison.curves[0].values.size(), 50U);
  EXPECT_THAT(comparison.spectra, SizeIs(4)) << "two of each ok run";
}

TEST_F(Report, LongCurvesAreThinnedOut) {
  auto run = make_run("VAE", 0);
  for (int step = 0; step < 5000; ++step) run.curve.push_back({"loss", step, step == 3000 ? 1e6 : 1.0});
  run.curve.push_back({"loss", 5000, std::nan("")});
  database_.store(run);
  const auto report = build();
  const auto& curve = report.comparisons.at(0).curves.at(0);
  EXPECT_LE(curve.values.size(), 300U);
  EXPECT_EQ(curve.steps.back(), 4999);
  EXPECT_THAT(curve.values, testing::Contains(1e6));
}

TEST_F(Report, FiltersBySuiteAndSuggestsTheNearest) {
  store_error("VAE", 0, 3.0);
  auto other = make_run("VAE", 0, 4.0);
  other.identity = "other";
  other.suite = "mnist-quick";
  other.status = RunStatus::kTimeout;
  database_.store(other);
  EXPECT_THAT(build().comparisons, SizeIs(2));
  const auto report = build({"quick"});
  ASSERT_THAT(report.comparisons, SizeIs(1));
  EXPECT_EQ(report.comparisons[0].suite, "quick");
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(report.runs, 1);
  try {
    build({"mnist-quik"});
    FAIL() << "accepted";
  } catch (const QueryError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'mnist-quick'"));
  }
}

TEST_F(Report, SetsPublishedFiguresBesideOurs) {
  store_error("VAE", 0, 3.0);
  database_.set_published(
      "quick",
      {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 2.0, std::nullopt, "a paper"},
       {"shift", "IRMAE", "reconstruct", "relative_error", "", "test", 9.0, std::nullopt, "a paper"},
       {"elsewhere", "VAE", "reconstruct", "relative_error", "", "test", 9.0, std::nullopt, "a paper"}});
  database_.set_published("another suite", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 9.0,
                                             std::nullopt, "a paper"}});
  const auto report = build();
  const auto& published = report.comparisons.at(0).published;
  ASSERT_THAT(published, SizeIs(2));
  EXPECT_EQ(published[0].label, "IRMAE");
  EXPECT_FALSE(published[0].ours.has_value());
  ASSERT_TRUE(published[1].ours.has_value());
  EXPECT_EQ(published[1].ours->mean, 3.0);
  EXPECT_EQ(published[1].column.unit, "%");
}

TEST_F(Report, NotesWhatMakesFiguresLessComparable) {
  store_error("VAE", 0, 3.0);
  EXPECT_THAT(build().comparisons.at(0).notes, IsEmpty());
  auto other = make_run("VAE", 1, 3.0);
  other.plugin_sha256 = "another build";
  other.dataset_fingerprint = "other data";
  other.environment.cpu = "Another processor";
  database_.store(other);
  const auto report = build();
  EXPECT_THAT(report.comparisons.at(0).notes,
              ElementsAre(HasSubstr("versions of the data"), HasSubstr("builds"), HasSubstr("environments")));
  EXPECT_THAT(report.environments, SizeIs(2));
}

TEST_F(Report, TellsTheNotesOfRunsAndOfTwoInstruments) {
  for (const int seed : {0, 1}) {
    auto run = make_run("AE", seed);
    run.metrics = {make_fid(1.0, "classifier", seed == 0 ? "aaaaaaaaaa" : "bbbbbbbbbb", 100)};
    run.notes = {"all samples are equal"};
    if (seed == 1) run.notes.emplace_back("the KL is infinite");
    database_.store(run);
  }
  const auto notes = build().comparisons.at(0).notes;
  EXPECT_THAT(notes, testing::Contains("AE, seeds 0, 1: all samples are equal"));
  EXPECT_THAT(notes, testing::Contains("AE, seed 1: the KL is infinite"));
  EXPECT_THAT(notes, testing::Contains(testing::HasSubstr(
                         "2 different instruments of one name, classifier (aaaaaaaa, bbbbbbbb)")));
}

TEST_F(Report, ComparesTimesOnlyWithinOneEnvironment) {
  auto fast = make_run("fast", 0);
  fast.train_seconds = 1.0;
  database_.store(fast);
  auto slow = make_run("slow", 0);
  database_.store(slow);
  const auto time_marks = [](const ComparisonReport& report) {
    const auto& cost = report.comparisons.at(0).cost;
    EXPECT_EQ(cost.columns.at(2).name, "train_time");
    return std::vector<bool>{cost.cells[0][2].best, cost.cells[1][2].best};
  };
  EXPECT_THAT(time_marks(build()), ElementsAre(true, false));
  auto elsewhere = make_run("slow", 1);
  elsewhere.environment.cpu = "Another processor";
  database_.store(elsewhere);
  EXPECT_THAT(time_marks(build()), ElementsAre(false, false));
}

}  // namespace
}  // namespace rraebench
