#pragma once
// Implements: which models of a column are best: the best mean and those next to it that cannot be told from
// it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

struct SeedValue {
  std::int64_t seed = 0;
  double value = 0.0;
  std::int64_t run = 0;  // Its id.
};

struct Candidate {
  std::vector<SeedValue> values;  // In order of seed.
  bool eligible = true;           // Not where seeds failed or the figure is trivial.
};

enum class PairTest { kNone, kPermutation, kWelch };

/// "paired permutation test", "Welch's test", or nothing.
const char* pair_test_name(PairTest test);

enum class BestVerdict {
  kMarked,
  kNoDirection,   // Neither more nor less is better.
  kOneModel,      // Nothing to compare with.
  kTooFewSeeds,   // Fewer than two candidates with kFewestSeeds.
  kNoDifference,  // All candidates stand alike.
};

constexpr std::size_t kFewestSeeds = 3;
constexpr double kSignificance = 0.05;

struct BestSet {
  BestVerdict verdict = BestVerdict::kNoDirection;
  PairTest test = PairTest::kNone;
  std::size_t seeds = 0;              // In common (permutation), or fewest of a candidate (Welch).
  std::size_t pairs = 0;              // That Holm's correction is for.
  std::optional<std::size_t> leader;  // Index of the best mean; only where marked.
  std::vector<std::size_t> members;   // The leader and what cannot be told from it; likewise.
};

/// Whether a paired permutation test of so many pairs, one of `tests` looked at together, can find more than
/// differences without any exception: from six pairs on, where the smallest p-value, corrected, is a fifth of
/// the significance or less.
bool can_permute(std::size_t pairs, std::size_t tests);

/// `better`: "lower", "higher" or "". Every pair of candidates is tested, by the paired permutation test
/// where all share enough seeds (can_permute()), else by Welch's test, with Holm's correction for all pairs;
/// so an equal model is marked as worse than the best in at most one column of twenty, however many models it
/// has. Those that cannot be told from the best mean are members up to the first mean that can: what is worse
/// than that, and only varies too much for a verdict, is not the best.
BestSet find_best(const std::vector<Candidate>& candidates, const std::string& better);

}  // namespace rraebench
