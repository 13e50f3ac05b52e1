#include "reports/analysis/changes.hpp"

#include "fixture.hpp"
#include "reports/store/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

class Changes : public testing::Test {
 protected:
  void store(bool after, const std::string& label, std::int64_t seed, double error,
             RunStatus status = RunStatus::kOk) {
    auto run = status == RunStatus::kOk ? make_run(label, seed, error) : make_run(label, seed);
    run.status = status;
    (after ? after_ : before_).store(run);
  }

  std::vector<Change> find(double tolerance = 0.01) {
    return find_changes(read_report_rows(before_), read_report_rows(after_), tolerance);
  }

  /// Of the figure, or of how runs ended.
  ChangeKind kind_of(const std::string& label, bool figure = true) {
    for (const auto& change : find())
      if (change.place.label == label && figure == !change.column.name.empty()) return change.kind;
    return ChangeKind::kSame;
  }

  TemporaryFolder folder_;
  ResultsDatabase before_ = ResultsDatabase::open_or_create(folder_ / "before.db");
  ResultsDatabase after_ = ResultsDatabase::open_or_create(folder_ / "after.db");
};

TEST_F(Changes, AreTestedOverSeeds) {
  for (int seed = 0; seed < 4; ++seed) {
    store(false, "worse", seed, 10.0 + 0.1 * seed);
    store(true, "worse", seed, 14.0 + 0.1 * seed);
    store(false, "better", seed, 10.0 + 0.1 * seed);
    store(true, "better", seed, 6.0 + 0.1 * seed);
    store(false, "noisy", seed, 10.0 + 4.0 * seed);
    store(true, "noisy", seed, 12.0 + 4.0 * seed);
    store(false, "same", seed, 5.0 + seed);
    store(true, "same", seed, 5.0 + seed);
    store(false, "hair", seed, 10.0 + 1e-9 * seed);
    store(true, "hair", seed, 10.001 + 1e-9 * seed);
  }
  EXPECT_EQ(kind_of("worse"), ChangeKind::kWorse);
  EXPECT_EQ(kind_of("better"), ChangeKind::kBetter);
  EXPECT_EQ(kind_of("noisy"), ChangeKind::kWithinNoise);
  EXPECT_EQ(kind_of("same"), ChangeKind::kSame);
  EXPECT_EQ(kind_of("hair"), ChangeKind::kWithinNoise) << "significant, and below the tolerance";
  EXPECT_EQ(find().front().place.label, "worse") << "the worst comes first";
}

TEST_F(Changes, OfFewSeedsAreByToleranceAlone) {
  store(false, "VAE", 0, 10.0);
  store(true, "VAE", 0, 10.5);
  EXPECT_EQ(find(0.01).front().kind, ChangeKind::kWorse);
  EXPECT_EQ(find(0.01).front().test, PairTest::kNone);
  EXPECT_EQ(find(0.10).front().kind, ChangeKind::kWithinNoise);
}

TEST_F(Changes, SayWhatFailsNowAndWhatNoLonger) {
  store(false, "breaks", 0, 1.0);
  store(true, "breaks", 0, 0.0, RunStatus::kDiverged);
  store(false, "heals", 0, 0.0, RunStatus::kCrash);
  store(true, "heals", 0, 1.0);
  store(false, "left", 0, 1.0);
  store(true, "came", 0, 1.0);
  EXPECT_EQ(kind_of("breaks", false), ChangeKind::kFails);
  EXPECT_EQ(kind_of("heals", false), ChangeKind::kMended);
  EXPECT_EQ(kind_of("left", false), ChangeKind::kGone);
  EXPECT_EQ(kind_of("came", false), ChangeKind::kNew);
}

TEST_F(Changes, OfAModelThatNeverWentWellNothingIsGoneAndNothingNew) {
  store(false, "left", 0, 0.0, RunStatus::kCrash);
  store(true, "came", 0, 0.0, RunStatus::kCrash);
  EXPECT_TRUE(find(0.01).empty());
}

TEST_F(Changes, AStoppedRunAndASeedThatOnlyOneHasAreNoChanges) {
  store(false, "stopped", 0, 1.0);
  store(false, "stopped", 1, 1.0);
  store(true, "stopped", 0, 1.0);
  store(true, "stopped", 1, 0.0, RunStatus::kInterrupted);
  store(false, "goes on", 0, 1.0);
  store(false, "goes on", 1, 0.0, RunStatus::kInterrupted);
  store(true, "goes on", 0, 1.0);
  store(true, "goes on", 1, 1.0);
  EXPECT_EQ(kind_of("stopped", false), ChangeKind::kSame);
  EXPECT_EQ(kind_of("goes on", false), ChangeKind::kSame);
}

TEST_F(Changes, AFailureIsSeenWhereAnotherSeedCameForIt) {
  store(false, "VAE", 0, 1.0);
  store(true, "VAE", 0, 0.0, RunStatus::kDiverged);
  store(true, "VAE", 1, 1.0);
  EXPECT_EQ(kind_of("VAE", false), ChangeKind::kFails);
}

TEST_F(Changes, FiguresThatAreNoNumbersAnyMoreFail) {
  for (int seed = 0; seed < 3; ++seed) {
    const bool lost = seed == 0;
    store(false, "breaks", seed, 10.0 + seed);
    store(true, "breaks", seed, lost ? std::nan("") : 10.0 + seed);
    store(false, "heals", seed, lost ? std::nan("") : 10.0 + seed);
    store(true, "heals", seed, 10.0 + seed);
    store(false, "never", seed, lost ? std::nan("") : 10.0 + seed);
    store(true, "never", seed, lost ? std::nan("") : 10.0 + seed);
  }
  EXPECT_EQ(kind_of("breaks"), ChangeKind::kFails);
  EXPECT_EQ(kind_of("heals"), ChangeKind::kMended);
  EXPECT_EQ(kind_of("never"), ChangeKind::kSame);
}

TEST_F(Changes, FiguresThatNoRunGivesAnyMoreAreGone) {
  auto run = make_run("VAE", 0, 10.0);
  before_.store(run);
  run.metrics.clear();
  after_.store(run);
  EXPECT_EQ(kind_of("VAE"), ChangeKind::kGone);
}

TEST_F(Changes, AreOfTheSeedsThatBothHave) {
  store(false, "VAE", 0, 10.0);
  store(true, "VAE", 0, 10.0);
  store(true, "VAE", 1, 20.0);
  EXPECT_EQ(kind_of("VAE"), ChangeKind::kSame) << "a seed more is no change of the model";
  store(false, "AE", 0, 10.0);
  store(true, "AE", 1, 20.0);
  EXPECT_EQ(kind_of("AE"), ChangeKind::kIncomparable) << "another seed";
  for (int seed = 0; seed < 3; ++seed) {
    store(false, "RRAE", seed, 10.0 + 0.1 * seed);
    store(true, "RRAE", seed + 3, 20.0 + 0.1 * seed);
  }
  EXPECT_EQ(kind_of("RRAE"), ChangeKind::kWorse) << "no seed in common: all are held against all";
}

TEST_F(Changes, OfAnotherInstrumentAreNoChanges) {
  auto run = make_run("VAE", 0);
  run.metrics.push_back(make_fid(10.0, "classifier", "aaaa", 100));
  before_.store(run);
  run.metrics.back() = make_fid(20.0, "classifier", "bbbb", 100);
  after_.store(run);
  EXPECT_EQ(kind_of("VAE"), ChangeKind::kIncomparable);
}

TEST_F(Changes, OfTimesAreSaidOnOneMachineAloneAndOverSeeds) {
  auto run = make_run("VAE", 0);
  auto time = make_metric("train", "seconds_per_100_steps", 1.0, "lower");
  time.unit = "s";
  run.metrics.push_back(time);
  before_.store(run);
  run.metrics.back().value = 2.0;
  run.environment.cpu = "another processor";
  after_.store(run);
  EXPECT_EQ(kind_of("VAE"), ChangeKind::kIncomparable);
  auto same_machine = make_run("AE", 0);
  same_machine.metrics = {time};
  before_.store(same_machine);
  same_machine.metrics.back().value = 2.0;
  after_.store(same_machine);
  EXPECT_EQ(kind_of("AE"), ChangeKind::kIncomparable) << "one seed says nothing of a time";
}

}  // namespace
}  // namespace rraebench
