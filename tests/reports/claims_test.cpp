#include "reports/analysis/claims.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/claim_words.hpp"
#include "reports/store/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fmt/format.h>
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
  /// Of three values of beta, each of which spends 2 nats less than the one before, and each nat is worth 1
  /// %.
  void store_sweep(const std::string& model, double nats, double gain) {
    for (std::int64_t seed = 0; seed < 3; ++seed)
      for (const int beta : {1, 2, 3}) {
        const double kl = nats - 2.0 * beta + 0.1 * static_cast<double>(seed);
        auto run = make_run(fmt::format("{} beta={}", model, beta), seed,
                            20.0 - kl - gain + 0.05 * static_cast<double>(seed));
        run.model = model;
        run.spec_json = fmt::format(R"({{"options":{{"beta":"{}"}},"label":"{}"}})", beta, run.label);
        auto rate = make_metric("collapse", "kl_total", kl, "");
        rate.split = "test";
        rate.unit = "nats";
        run.metrics.push_back(rate);
        database_.store(run);
      }
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
  ClaimRecord better_in(const std::string& protocol, const std::string& name) const {
    auto record = claim("better");
    record.protocol = protocol;
    record.name = name;
    record.split = "";
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

  TemporaryFolder folder_;
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

TEST_F(Claims, OfSweepsAreDecidedWhereTheRateIsEqual) {
  store_sweep("VAE", 10.0, 0.0);
  store_sweep("VRRAE", 7.0, 1.0);
  auto record = claim("better");
  record.label = "VRRAE beta=1";
  record.than = "VAE beta=1";
  EXPECT_EQ(decide(record).outcome, ClaimOutcome::kDoesNotHold);
  record.label = "VRRAE";
  record.than = "VAE";
  record.at_equal = "collapse/kl_total";
  const auto equal = decide(record);
  EXPECT_EQ(equal.outcome, ClaimOutcome::kHolds) << equal.reason;
  EXPECT_NEAR(*equal.effect, -1.0, 1e-9);
  EXPECT_NEAR(*equal.from, 4.2, 1e-9);
  EXPECT_NEAR(*equal.to, 5.0, 1e-9);
  EXPECT_THAT(describe_evidence(equal), HasSubstr("at equal KL total from 4.2 to 5 nats, n=3"));
  EXPECT_THAT(describe_claim_figure(equal), HasSubstr("at equal collapse/kl_total"));
}

TEST_F(Claims, OfSweepsAreUndecidedWithoutARateInCommonOrAPoint) {
  store_sweep("VAE", 10.0, 0.0);
  store_sweep("VRRAE", 4.0, 1.0);
  auto record = claim("better");
  record.at_equal = "collapse/kl_total";
  EXPECT_EQ(decide(record).reason, "no collapse/kl_total that all seeds of both reach");
  record.label = "LoRAE";
  EXPECT_EQ(decide(record).reason, "of LoRAE fewer than 3 values were run yet");
  record.label = "VRRAE";
  auto failed = make_run("VRRAE beta=2", 3);
  failed.model = "VRRAE";
  failed.spec_json = R"({"options":{"beta":"2"},"label":"VRRAE beta=2"})";
  failed.status = RunStatus::kDiverged;
  database_.store(failed);
  EXPECT_EQ(decide(record).reason, "1 of 4 seeds of VRRAE beta=2 gave no figure");
}

TEST_F(Claims, OfAComparisonWhoseDataWereOthersBeforeAreOfTheRunsThatCount) {
  store("VRRAE", {1.0, 1.1, 1.2});
  store("VAE", {2.0, 2.1, 2.2});
  auto before = make_run("VAE", 0, 1.0);
  before.identity = "before";
  before.dataset = "stairs";
  database_.store(before);
  database_.ask("quick", "", "2026-01-01", {}, {{"shift", "shift", "VRRAE"}, {"shift", "shift", "VAE"}});
  const auto report = [&] {
    database_.set_claims("quick", {claim("better")});
    return build_report(read_report_rows(database_), {});
  }();
  EXPECT_EQ(report.claims.at(0).outcome, ClaimOutcome::kHolds) << report.claims.at(0).reason;
  EXPECT_EQ(report.comparisons.size(), 1U) << "of the other data nothing counts";
}

TEST_F(Claims, OfACollapsedModelAreUndecidedWhereTheFigureComesForNothing) {
  for (std::int64_t seed = 0; seed < 3; ++seed)
    for (const auto& [label, units] : {std::pair{"VRRAE", 0.0}, {"VAE", 2.0}}) {
      auto run = make_run(label, seed);
      run.metrics = {make_metric("generate", "precision",
                                 1.0 - 0.1 * units + 0.001 * static_cast<double>(seed), "higher"),
                     make_metric("collapse", "active_units", units, "")};
      database_.store(run);
    }
  EXPECT_EQ(decide(better_in("generate", "precision")).reason,
            "VRRAE has collapsed and has the figure for nothing");
}

TEST_F(Claims, OfPrecisionAreUndecidedWhereNothingIsCovered) {
  for (std::int64_t seed = 0; seed < 3; ++seed)
    for (const auto& [label, recall] : {std::pair{"VRRAE", 0.0}, {"VAE", 0.4}}) {
      auto run = make_run(label, seed);
      run.metrics = {
          make_metric("generate", "precision", 1.0 - recall + 0.001 * static_cast<double>(seed), "higher"),
          make_metric("generate", "recall", recall, "higher")};
      database_.store(run);
    }
  EXPECT_EQ(decide(better_in("generate", "precision")).reason,
            "VRRAE covers less than 1 % of the real samples and has the figure for nothing");
}

TEST_F(Claims, OfTimesAreUndecidedWhereMachinesDiffer) {
  for (std::int64_t seed = 0; seed < 3; ++seed)
    for (const auto* label : {"VRRAE", "VAE"}) {
      auto run = make_run(label, seed);
      auto time = make_metric("train", "seconds_per_100_steps", 1.0 + static_cast<double>(seed), "lower");
      time.unit = "s";
      run.metrics = {time};
      if (std::string(label) == "VAE") run.environment.cpu = "Another processor";
      database_.store(run);
    }
  EXPECT_EQ(decide(better_in("train", "seconds_per_100_steps")).reason,
            "measured on several machines, whose times cannot be compared");
}

TEST_F(Claims, OfTwoClassifiersAreDecidedWhereEachMeasuredTheSameSeedsOfBoth) {
  const auto store_fid = [&](const std::string& label, std::int64_t seed, double fid, const char* sha256) {
    auto run = make_run(label, seed);
    run.metrics = {make_fid(fid, "classifier", sha256, 100)};
    database_.store(run);
  };
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    const auto* sha256 = seed < 3 ? "aaaaaaaaaa" : "bbbbbbbbbb";
    const double level = (seed < 3 ? 50.0 : 52.0) + 0.1 * static_cast<double>(seed);
    store_fid("VAE", seed, level, sha256);
    store_fid("VRRAE", seed, level - 10.0, sha256);
  }
  auto record = better_in("generate", "fid");
  record.variant = make_fid(1.0, "", "", 0).variant;
  record.split = make_fid(1.0, "", "", 0).split;
  const auto shared = decide(record);
  EXPECT_EQ(shared.outcome, ClaimOutcome::kHolds) << shared.reason;
  EXPECT_NEAR(*shared.effect, -10.0, 1e-9);
  EXPECT_EQ(shared.seeds, 5U);
  EXPECT_THAT(describe_evidence(shared),
              HasSubstr("n=5 (by 2 instruments, each the same seeds of both), Welch"));

  auto bound = record;
  bound.kind = "at_most";
  bound.than.clear();
  bound.value = 60.0;
  EXPECT_EQ(decide(bound).reason, "measured with several instruments, which cannot be compared");

  store_fid("VAE", 5, 50.0, "aaaaaaaaaa");
  store_fid("VRRAE", 5, 40.0, "bbbbbbbbbb");
  EXPECT_EQ(decide(record).reason, "measured with several instruments, which cannot be compared");
}

TEST_F(Claims, ShowAsManyDigitsAsTellTheIntervalFromTheBound) {
  store("VRRAE", {25.52, 25.53, 25.54});
  const auto fails = decide_value("at_most", 25.5);
  EXPECT_EQ(fails.outcome, ClaimOutcome::kDoesNotHold);
  EXPECT_THAT(describe_evidence(fails), HasSubstr("mean 25.53 %, 95 % interval 25.51 to 25.55"));
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
