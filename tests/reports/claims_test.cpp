#include "reports/analysis/claims.hpp"

#include "fixture.hpp"
#include "reports/analysis/comparison.hpp"
#include "reports/render/claim_words.hpp"
#include "reports/store/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

class Claims : public testing::Test {
 protected:
  void store(const std::string& label, const std::vector<double>& errors) {
    for (std::size_t seed = 0; seed < errors.size(); ++seed)
      database_.store(make_run(label, static_cast<std::int64_t>(seed), errors[seed]));
  }
  ClaimRecord claim(const std::string& kind) const {
    ClaimRecord record;
    record.comparison = "shift";
    record.text = "a claim";
    record.kind = kind;
    record.label = "VRRAE";
    record.than = kind == "better" ? "VAE" : "";
    record.protocol = "reconstruct";
    record.name = "relative_error";
    record.split = "test";
    return record;
  }
  DecidedClaim decide(const ClaimRecord& record) {
    database_.set_claims("quick", {record});
    return build_report(read_report_rows(database_), {}).claims.at(0);
  }
  DecidedClaim decide_value(const std::string& kind, double value,
                            std::optional<double> tolerance = std::nullopt) {
    auto record = claim(kind);
    record.value = value;
    record.tolerance = tolerance;
    return decide(record);
  }

  ScratchFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Claims, OfABetterModelHoldOrNotByTheTest) {
  store("VRRAE", {1.0, 1.1, 1.2});
  store("VAE", {2.0, 2.1, 2.2});
  const auto holds = decide(claim("better"));
  EXPECT_EQ(holds.outcome, ClaimOutcome::kHolds);
  EXPECT_DOUBLE_EQ(*holds.effect, -1.0);
  EXPECT_LT(*holds.upper, 0.0);
  EXPECT_EQ(holds.seeds, 3U);
  EXPECT_THAT(describe_evidence(holds), HasSubstr("difference −1 %, 95 % interval"));
  EXPECT_THAT(describe_evidence(holds), HasSubstr("n=3, Welch's test, p = "));
  auto reversed = claim("better");
  std::swap(reversed.label, reversed.than);
  EXPECT_EQ(decide(reversed).outcome, ClaimOutcome::kDoesNotHold);
}

TEST_F(Claims, AreDecidedBesideARunThatWasStopped) {
  store("VRRAE", {1.0, 1.1, 1.2});
  store("VAE", {2.0, 2.1, 2.2});
  auto stopped = make_run("VRRAE", 3);
  stopped.status = RunStatus::kInterrupted;
  database_.store(stopped);
  EXPECT_EQ(decide(claim("better")).outcome, ClaimOutcome::kHolds);
  stopped.status = RunStatus::kDiverged;
  stopped.identity += "0";
  stopped.seed = 4;
  database_.store(stopped);
  EXPECT_EQ(decide(claim("better")).reason, "1 of 5 seeds of VRRAE gave no figure");
}

TEST_F(Claims, SayWhereNeitherSideVaries) {
  store("VRRAE", {1.0, 1.0, 1.0});
  store("VAE", {2.0, 2.0, 2.0});
  EXPECT_THAT(describe_evidence(decide(claim("better"))), HasSubstr("neither side varies from seed to seed"));
}

TEST_F(Claims, AreUndecidedWithoutADifferenceOrEnoughSeeds) {
  store("VRRAE", {1.0, 2.0, 3.0});
  store("VAE", {1.5, 2.5, 3.5});
  EXPECT_EQ(decide(claim("better")).outcome, ClaimOutcome::kUndecided);
  EXPECT_THAT(decide(claim("better")).reason, HasSubstr("no difference at 0.05"));
  auto other = claim("better");
  other.than = "AE";
  EXPECT_EQ(decide(other).reason, "AE was not run yet");
  store("AE", {9.0, 9.1});
  EXPECT_EQ(decide(other).reason, "AE has 2 of the 3 seeds that it takes");
  other.name = "fid";
  EXPECT_EQ(decide(other).reason, "not measured");
  other.comparison = "elsewhere";
  EXPECT_EQ(decide(other).reason, "not run yet");
}

TEST_F(Claims, AreUndecidedWhereSeedsFailed) {
  store("VRRAE", {1.0, 1.1, 1.2, std::nan("")});
  store("VAE", {2.0, 2.1, 2.2, 2.3});
  EXPECT_EQ(decide(claim("better")).reason, "1 of 4 seeds of VRRAE gave no figure");
}

TEST_F(Claims, OfBoundsGoByTheInterval) {
  store("VRRAE", {2.0, 2.1, 1.9, 2.0});  // 95 % interval: 2.00 +- 0.13.
  EXPECT_EQ(decide_value("at_most", 2.2).outcome, ClaimOutcome::kHolds);
  EXPECT_EQ(decide_value("at_most", 2.05).outcome, ClaimOutcome::kUndecided);
  EXPECT_EQ(decide_value("at_most", 1.8).outcome, ClaimOutcome::kDoesNotHold);
  EXPECT_EQ(decide_value("at_least", 1.8).outcome, ClaimOutcome::kHolds);
  EXPECT_EQ(decide_value("at_least", 2.2).outcome, ClaimOutcome::kDoesNotHold);
  EXPECT_EQ(decide_value("within", 2.1, 0.3).outcome, ClaimOutcome::kHolds);
  EXPECT_EQ(decide_value("within", 2.1, 0.1).outcome, ClaimOutcome::kUndecided);
  EXPECT_EQ(decide_value("within", 4.0, 0.5).outcome, ClaimOutcome::kDoesNotHold);
  EXPECT_THAT(describe_claim_figure(decide_value("within", 2.1, 0.3)), HasSubstr("VRRAE within 0.3 of 2.1"));
}

TEST_F(Claims, StayWithTheirSuiteWhenRunsAreMerged) {
  store("VRRAE", {1.0});
  database_.set_claims("quick", {claim("better")});
  auto into = ResultsDatabase::open_or_create(folder_ / "into.db");
  into.take_over(database_);
  EXPECT_EQ(read_report_rows(into).claims.at(0).record.text, "a claim");
}

}  // namespace
}  // namespace rraebench
