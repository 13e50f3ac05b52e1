#include "reports/analysis/best_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rraebench {
namespace {

using testing::ElementsAre;

Candidate candidate(const std::vector<double>& values) {
  Candidate result;
  for (const double value : values)
    result.values.push_back({static_cast<std::int64_t>(result.values.size()), value});
  return result;
}

TEST(FindBest, TakesTheDirectionOfTheColumn) {
  const std::vector<Candidate> two = {candidate({1.0, 1.1, 1.2}), candidate({9.0, 9.1, 9.2})};
  EXPECT_EQ(find_best(two, "lower").leader, 0U);
  EXPECT_EQ(find_best(two, "higher").leader, 1U);
  EXPECT_THAT(find_best(two, "higher").members, ElementsAre(1U));
  EXPECT_EQ(find_best(two, "").verdict, BestVerdict::kNoDirection);
}

TEST(FindBest, SaysWhyNothingIsBest) {
  EXPECT_EQ(find_best({candidate({1.0, 1.1, 1.2})}, "lower").verdict, BestVerdict::kOneModel);
  EXPECT_EQ(find_best({candidate({1.0, 1.1}), candidate({9.0, 9.1})}, "lower").verdict,
            BestVerdict::kTooFewSeeds);
  EXPECT_EQ(find_best({candidate({1.0, 2.0, 3.0}), candidate({1.5, 2.5, 3.5})}, "lower").verdict,
            BestVerdict::kNoDifference);
}

TEST(FindBest, PairsSeedsWhereAllShareEnough) {
  // The models differ little, but in every seed.
  std::vector<double> a;
  std::vector<double> b;
  for (int seed = 0; seed < 8; ++seed) {
    a.push_back(10.0 * seed);
    b.push_back(10.0 * seed + 1.0 + 0.01 * seed);
  }
  const auto best = find_best({candidate(a), candidate(b)}, "lower");
  EXPECT_EQ(best.test, PairTest::kPermutation);
  EXPECT_EQ(best.verdict, BestVerdict::kMarked);
  EXPECT_THAT(best.members, ElementsAre(0U));
  // Five models make ten pairs, for which the smallest p-value of eight seeds is too large.
  EXPECT_EQ(find_best({candidate(a), candidate(b), candidate(a), candidate(b), candidate(a)}, "lower").test,
            PairTest::kWelch);
}

TEST(FindBest, WhatIsWorseThanOneThatIsToldFromTheBestIsNoMember) {
  const auto best = find_best({candidate({5.0, 5.1, 5.2}), candidate({9.0, 9.1, 9.2}),
                               candidate({1.0, 11.0, 18.0}), candidate({5.0, 5.2, 5.4})},
                              "lower");
  EXPECT_EQ(best.verdict, BestVerdict::kMarked);
  EXPECT_THAT(best.members, ElementsAre(0U, 3U));
}

TEST(FindBest, LeavesOutWhoIsNotEligible) {
  auto failed = candidate({1.0, 1.1, 1.2});
  failed.eligible = false;
  const auto best = find_best({failed, candidate({5.0, 5.1, 5.2}), candidate({9.0, 9.1, 9.2})}, "lower");
  EXPECT_EQ(best.leader, 1U);
}

struct Simulation {
  std::size_t models;
  int seeds;
  double effect;  // Of the second model, in deviations.
  double shared;  // Share of the variance that a seed has in common for all models.
};

/// How often of 1,000 columns a difference between some models is marked.
int count_marks(const Simulation& simulation) {
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal;
  int marked = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::vector<Candidate> candidates(simulation.models);
    for (int seed = 0; seed < simulation.seeds; ++seed) {
      const double common = std::sqrt(simulation.shared) * normal(random);
      for (std::size_t model = 0; model < simulation.models; ++model)
        candidates[model].values.push_back({seed, common +
                                                      std::sqrt(1.0 - simulation.shared) * normal(random) +
                                                      (model == 1 ? simulation.effect : 0.0)});
    }
    marked += find_best(candidates, "lower").verdict == BestVerdict::kMarked ? 1 : 0;
  }
  return marked;
}

TEST(FindBest, EqualModelsAreRarelyToldApart) {
  for (const std::size_t models : {2U, 3U, 5U, 8U})
    for (const int seeds : {3, 5, 6, 10, 20}) {
      if (seeds == 20 && models > 3) continue;  // Changes of sign are drawn there, which takes its time.
      // 50 expected at most, and three times the deviation of that count.
      EXPECT_LE(count_marks({models, seeds, 0.0, 0.0}), 50 + 21)
          << models << " models, " << seeds << " seeds";
      EXPECT_LE(count_marks({models, seeds, 0.0, 0.3}), 50 + 21)
          << models << " models, " << seeds << " seeds";
    }
}

TEST(FindBest, ADifferenceOfTwoDeviationsIsMostlyFound) {
  EXPECT_GE(count_marks({2, 5, 2.0, 0.0}), 740) << "Welch's test itself finds 77 % of these";
  EXPECT_GE(count_marks({2, 5, 2.0, 0.5}), 800) << "seeds explain half of the variance";
  EXPECT_GE(count_marks({2, 6, 2.0, 0.0}), 800);
  EXPECT_GE(count_marks({3, 10, 2.0, 0.0}), 900);
}

}  // namespace
}  // namespace rraebench
