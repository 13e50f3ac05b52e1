#include "reports/analysis/build_report.hpp"

#include "fixture.hpp"
#include "reports/store/database.hpp"
#include "reports/store/query.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Report : public testing::Test {
 protected:
  ComparisonReport build(const std::vector<std::string>& suites = {}) const {
    return build_report(read_report_rows(database_, suites), {});
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

  TemporaryFolder folder_;
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
  EXPECT_EQ(labels[0].tally.ok, 2);
  EXPECT_EQ(labels[1].tally.ok, 1);
  EXPECT_EQ(labels[1].tally.missing, 1);
}

TEST_F(Report, ShowsModelsAsTheirSuiteHasThemWhicheverEndedFirst) {
  auto prior = make_run("VAE", 0, 1.0);
  for (const char* sampler : {"prior", "gaussian", "uniform"}) {
    prior.metrics.push_back(make_metric("generate", "fid", 2.0, "lower"));
    prior.metrics.back().variant = sampler;
  }
  auto fitted = make_run("AE", 0, 1.0);
  fitted.metrics = {prior.metrics[0], prior.metrics[3]};
  auto other = make_run("VAE", 0, 1.0);
  other.identity = "other";
  other.comparison = "a later one";
  const auto place = [](const RunRecord& run) { return SuitePlace{run.comparison, run.dataset, run.label}; };
  const std::vector<SuitePlace> named = {
      place(prior), {"shift", "shift", "never run"}, place(fitted), place(other)};
  database_.store(make_run("unnamed", 0, 1.0));
  const std::vector<RunRecord> ended = {other, fitted, prior};
  for (const auto& run : ended) {
    // As one process for each of them would, and as one for all does.
    database_.ask("quick", "", "2026-01-01", {{place(run), run.spec_json}}, named);
    database_.store(run);
  }
  database_.ask_besides("quick", "2026-01-02", {{{"shift", "shift", "unnamed"}, "{}"}});
  const auto shown = [](const ComparisonReport& report) {
    std::vector<std::string> names;
    for (const auto& comparison : report.comparisons) {
      names.push_back(comparison.name + ":");
      for (const auto& label : comparison.labels) names.push_back(label.label + std::to_string(label.colour));
    }
    return names;
  };
  const auto expected = ElementsAre("shift:", "VAE0", "AE1", "unnamed2", "a later one:", "VAE0");
  const auto report = build();
  EXPECT_THAT(shown(report), expected);
  std::vector<std::string> samplers;
  for (const auto& column : report.comparisons.at(0).tables.at(1).columns) samplers.push_back(column.variant);
  EXPECT_THAT(samplers, ElementsAre("prior", "gaussian", "uniform"));
  EXPECT_EQ(report.comparisons[0].cost.cells.at(0).at(0).values.size(), 1U);

  // In the file that it is merged into, too, and where the suite has another order since.
  auto merged = ResultsDatabase::open_or_create(folder_ / "merged.db");
  merged.store(make_run("merged", 0, 1.0));
  merged.take_over(database_);
  EXPECT_THAT(shown(build_report(read_report_rows(merged), {})),
              ElementsAre("shift:", "VAE0", "AE1", "merged2", "unnamed3", "a later one:", "VAE0"));
  database_.ask("quick", "", "2026-01-03", {{place(fitted), "{}"}}, {place(fitted), place(prior)});
  merged.take_over(database_);
  EXPECT_THAT(shown(build_report(read_report_rows(merged), {})),
              ElementsAre("shift:", "AE0", "VAE1", "merged2", "unnamed3", "a later one:", "VAE1"));
}

TEST_F(Report, AveragesOverSeeds) {
  store_error("VAE", 1, 4.0);
  store_error("VAE", 0, 2.0);
  store_error("AE", 0, 126.0);
  const auto report = build();
  const auto& table = report.comparisons.at(0).tables.at(0);
  EXPECT_EQ(table.protocol, "reconstruct");
  const auto& vae = table.cells[0][0];
  ASSERT_THAT(vae.values, SizeIs(2));
  EXPECT_EQ(vae.values[0].seed, 0);
  EXPECT_DOUBLE_EQ(vae.summary.mean, 3.0);
  EXPECT_DOUBLE_EQ(*vae.summary.deviation, std::sqrt(2.0));
  EXPECT_FALSE(table.cells[1][0].summary.deviation.has_value());
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
    EXPECT_EQ(table.cells[0][column].summary.count + table.cells[1][column].summary.count, 1U) << column;
    EXPECT_EQ(table.best[column].verdict, BestVerdict::kOneModel);
  }
}

TEST_F(Report, MarksAllThatCannotBeToldFromTheBest) {
  for (int seed = 0; seed < 5; ++seed) {
    const double noise = 0.01 * seed;
    const auto store = [&](const std::string& label, double error, double fraction) {
      auto run = make_run(label, seed, error);
      run.metrics.push_back(make_metric("collapse", "active_unit_fraction", fraction, "higher"));
      run.metrics.push_back(make_metric("collapse", "active_units", fraction * 10, ""));
      database_.store(run);
    };
    store("a", 2.5 + noise, 0.5);
    store("b", 2.504 + noise, 0.5);
    store("c", 40.0 - noise, 0.5);
  }
  const auto report = build();
  const auto& tables = report.comparisons.at(0).tables;
  const auto& cells = tables[0].cells;
  EXPECT_EQ(cells[0][0].mark, Mark::kLeads);
  EXPECT_EQ(cells[1][0].mark, Mark::kAlike);
  EXPECT_EQ(cells[2][0].mark, Mark::kNone);
  EXPECT_EQ(tables[1].best[0].verdict, BestVerdict::kNoDifference) << "all equal: nothing is best";
  EXPECT_EQ(tables[1].best[1].verdict, BestVerdict::kNoDirection);
}

TEST_F(Report, EqualBestMeansAreMarkedAlike) {
  for (int seed = 0; seed < 3; ++seed) {
    store_error("a", seed, 1.0);
    store_error("b", seed, 1.0);
    store_error("c", seed, 9.0 + seed);
  }
  const auto report = build();
  const auto& cells = report.comparisons.at(0).tables.at(0).cells;
  EXPECT_EQ(cells[0][0].mark, Mark::kLeads);
  EXPECT_EQ(cells[1][0].mark, Mark::kLeads);
}

TEST_F(Report, ARunThatWasStoppedOrThatTheMachineFailedDoesNotTakeItsModelOutOfTheBest) {
  for (int seed = 0; seed < 3; ++seed) {
    store_error("a", seed, 50.0 + 0.1 * seed);
    store_error("b", seed, 60.0 + 0.1 * seed);
  }
  store_failure("a", 3, RunStatus::kInterrupted, "stopped on request");
  auto full_disk = make_run("a", 4);
  full_disk.status = RunStatus::kError;
  full_disk.fault = Fault::kInfrastructure;
  database_.store(full_disk);
  const auto report = build();
  EXPECT_EQ(report.comparisons.at(0).tables.at(0).cells[0][0].mark, Mark::kLeads);
  EXPECT_EQ(report.comparisons.at(0).labels[0].tally.failed_by_model(), 0);
}

TEST_F(Report, NothingIsBestBelowThreeSeeds) {
  for (int seed = 0; seed < 2; ++seed) {
    store_error("a", seed, 1.0 + 0.001 * seed);
    store_error("b", seed, 90.0 + 0.001 * seed);
  }
  const auto report = build();
  EXPECT_EQ(report.comparisons.at(0).tables.at(0).best[0].verdict, BestVerdict::kTooFewSeeds);
}

TEST_F(Report, AModelThatFailedOrGaveNoNumberIsNotBest) {
  for (int seed = 0; seed < 4; ++seed) {
    const double noise = 0.001 * seed;
    store_error("a", seed, 50.0 + noise);
    store_error("b", seed, 60.0 + noise);
    store_error("gave NaN", seed, seed == 3 ? std::nan("") : 1.0 + noise);
    if (seed < 3) store_error("failed", seed, 2.0 + noise);
  }
  store_failure("failed", 3, RunStatus::kDiverged, "the loss is NaN");
  const auto report = build();
  const auto& cells = report.comparisons.at(0).tables.at(0).cells;
  EXPECT_EQ(cells[0][0].mark, Mark::kLeads);
  for (const std::size_t label : {1U, 2U, 3U}) EXPECT_EQ(cells[label][0].mark, Mark::kNone) << label;
}

TEST_F(Report, ACollapsedModelDoesNotWinWhatItGetsForNothing) {
  for (int seed = 0; seed < 3; ++seed)
    for (const auto& [label, units, length] :
         {std::tuple{"collapsed", 0.0, 0.0}, {"a", 4.0, 1.0}, {"b", 5.0, 2.0}}) {
      auto run = make_run(label, seed);
      run.metrics = {make_metric("interpolate", "path_length", length + 0.01 * seed, "lower"),
                     make_metric("collapse", "active_units", units, "")};
      database_.store(run);
    }
  const auto report = build();
  const auto& comparison = report.comparisons.at(0);
  EXPECT_TRUE(comparison.labels[0].collapsed);
  EXPECT_EQ(comparison.tables.at(0).cells[0][0].mark, Mark::kNone);
  EXPECT_EQ(comparison.tables.at(0).cells[1][0].mark, Mark::kLeads);
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("collapsed has collapsed")));
}

TEST_F(Report, AModelThatCoversNothingDoesNotWinByItsPrecision) {
  for (int seed = 0; seed < 3; ++seed)
    for (const auto& [label, precision, recall] :
         {std::tuple{"mean", 1.0, 0.001}, {"a", 0.9, 0.5}, {"b", 0.7, 0.0101}}) {
      auto run = make_run(label, seed);
      run.metrics = {make_metric("generate", "precision", precision - 0.001 * seed, "higher"),
                     make_metric("generate", "recall", recall, "higher"),
                     make_metric("generate", "density", precision - 0.001 * seed, "higher")};
      database_.store(run);
    }
  const auto report = build();
  const auto& table = report.comparisons.at(0).tables.at(0);
  EXPECT_EQ(table.cells[0][0].mark, Mark::kNone);
  EXPECT_EQ(table.cells[1][0].mark, Mark::kLeads);
  EXPECT_THAT(table.left_out[0], ElementsAre("mean")) << "b covers more than that";
  EXPECT_EQ(table.cells[1][1].mark, Mark::kLeads);
  EXPECT_EQ(table.cells[0][2].mark, Mark::kLeads) << "its coverage is not known";
}

TEST_F(Report, InfiniteAndMissingFiguresAreNeverBest) {
  for (int seed = 0; seed < 3; ++seed) {
    store_error("infinite", seed, -std::numeric_limits<double>::infinity());
    store_error("none", seed, std::nan(""));
    store_error("a", seed, 1.0 + 0.001 * seed);
    store_error("b", seed, 2.0);
  }
  const auto report = build();
  const auto& cells = report.comparisons.at(0).tables.at(0).cells;
  EXPECT_EQ(cells[0][0].mark, Mark::kNone);
  EXPECT_EQ(cells[1][0].mark, Mark::kNone);
  EXPECT_EQ(cells[1][0].summary.count, 0U);
  EXPECT_EQ(cells[1][0].not_a_number, 3);
  EXPECT_EQ(cells[2][0].mark, Mark::kLeads);
}

TEST_F(Report, CountsFailuresAndImputesNothing) {
  store_error("VAE", 0, 3.0);
  store_failure("VAE", 1, RunStatus::kDiverged, "the loss is NaN");
  store_failure("VAE", 2, RunStatus::kDiverged, "the loss is NaN");
  store_failure("AE", 0, RunStatus::kCrash, "signal 11");
  const auto report = build();
  const auto& comparison = report.comparisons.at(0);
  EXPECT_EQ(comparison.labels[0].tally.failed.at(RunStatus::kDiverged), 2);
  EXPECT_EQ(comparison.labels[1].tally.failed.at(RunStatus::kCrash), 1);
  EXPECT_EQ(comparison.labels[1].tally.missing, 2);
  EXPECT_EQ(comparison.tables.at(0).cells[0][0].summary.count, 1U);
  EXPECT_EQ(comparison.tables.at(0).cells[0][0].summary.mean, 3.0);
  EXPECT_EQ(comparison.tables.at(0).cells[1][0].summary.count, 0U);
  EXPECT_EQ(report.runs, 4);
  EXPECT_EQ(report.ok_runs, 1);
  ASSERT_THAT(report.failures, SizeIs(3));
  EXPECT_EQ(report.failures[2].message, "signal 11");
  EXPECT_EQ(report.failures[2].status, RunStatus::kCrash);
}

TEST_F(Report, KeepsOneOfOriginalsThatAreEqual) {
  for (const char* label : {"AE", "VAE", "RRAE"}) {
    auto run = make_full_run(label, 0);
    run.images = {{"reconstruct", kOriginals, "", "test samples", 1, 1, "same"},
                  {"reconstruct", "reconstructions", "", "theirs", 1, 2, label},
                  {"interpolate", kOriginals, "grid", "test samples", 1, 1, label}};
    database_.store(run);
  }
  const auto report = build();
  std::size_t shared = 0;
  std::size_t originals = 0;
  for (const auto& image : report.comparisons.at(0).images) {
    if (image.shared) ++shared;
    if (image.image.name != kOriginals) continue;
    ++originals;
    EXPECT_EQ(image.shared, image.image.protocol == "reconstruct");
  }
  EXPECT_EQ(shared, 1U);
  EXPECT_EQ(originals, 4U) << "those of the grid differ";
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
  EXPECT_EQ(comparison.images[0].image.content, tiny_png());
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
  EXPECT_THAT(complaint_of<QueryError>([&] { build({"mnist-quik"}); }), HasSubstr("'mnist-quick'"));
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
  EXPECT_EQ(published[1].ours->summary.mean, 3.0);
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
              ElementsAre(HasSubstr("versions of the data"), HasSubstr("builds")));
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
  EXPECT_THAT(notes, testing::Contains(testing::AllOf(
                         HasSubstr("2 different instruments of one name, classifier (aaaaaaaa, bbbbbbbb)"),
                         HasSubstr("copy one's classifier-*.pt into the cache folders"))));
}

TEST_F(Report, TimesOfDifferentMachinesOrThreadsStandInDifferentColumns) {
  store_error("a", 0, 1.0);
  const auto columns = [](const ComparisonReport& report) {
    std::vector<std::string> names;
    for (const auto& column : report.comparisons.at(0).cost.columns)
      names.push_back(column.name + (column.machine.empty() ? "" : " " + column.machine));
    return names;
  };
  EXPECT_THAT(columns(build()),
              ElementsAre("parameters", "steps", "train_time", "samples_per_second", "peak_memory"));
  auto elsewhere = make_run("a", 1);
  elsewhere.environment.threads = 1;
  elsewhere.train_seconds = 999.0;
  database_.store(elsewhere);
  const auto report = build();
  EXPECT_THAT(columns(report),
              ElementsAre("parameters", "steps", "train_time A processor, 2 threads",
                          "train_time A processor, 1 thread", "samples_per_second A processor, 2 threads",
                          "samples_per_second A processor, 1 thread", "peak_memory A processor, 2 threads",
                          "peak_memory A processor, 1 thread"));
  const auto& cells = report.comparisons.at(0).cost.cells[0];
  EXPECT_EQ(cells[0].summary.count, 2U);
  EXPECT_EQ(cells[2].summary.mean, 50.0);
  EXPECT_EQ(cells[3].summary.mean, 999.0);
}

TEST_F(Report, AveragesAreThoseOfTheLeaderboard) {
  for (int seed = 0; seed < 4; ++seed) {
    store_error("a", seed, 1.0 + 0.37 * seed * seed);
    if (seed > 0) store_error("b", seed, seed == 2 ? std::nan("") : 1e6 + seed);
  }
  const auto report = build();
  const auto rows =
      run_query(database_, "SELECT label, mean, std, n, minimum, maximum, median FROM leaderboard").rows;
  ASSERT_THAT(rows, SizeIs(2));
  for (const auto& row : rows) {
    const std::size_t label = row[0] == Cell(std::string("a")) ? 0 : 1;
    const auto& summary = report.comparisons.at(0).tables.at(0).cells[label][0].summary;
    EXPECT_DOUBLE_EQ(std::get<double>(row[1]), summary.mean);
    EXPECT_DOUBLE_EQ(std::get<double>(row[2]), *summary.deviation);
    EXPECT_EQ(std::get<std::int64_t>(row[3]), static_cast<std::int64_t>(summary.count));
    EXPECT_EQ(std::get<double>(row[4]), summary.minimum);
    EXPECT_EQ(std::get<double>(row[5]), summary.maximum);
    EXPECT_DOUBLE_EQ(std::get<double>(row[6]), summary.median);
  }
}

}  // namespace
}  // namespace rraebench
