#pragma once
// Implements: the largest sizes that a user may ask for, so that no arithmetic on them overflows and a slip
// of the finger is an error instead of a run without end.

#include <cstdint>

namespace rraebench {

constexpr std::int64_t kLargestSeed = (std::int64_t{1} << 53) - 1;  // What every JSON and SQLite tool keeps.
constexpr std::int64_t kMostSeeds = 10'000;                         // Of one suite or of --seeds.
constexpr std::int64_t kMostSteps = 1'000'000'000;                  // Of a run, all stages together.
constexpr std::int64_t kMostEpochs = 1'000'000;
constexpr std::int64_t kMostSamples = 100'000'000;  // Of a batch, generated, or interpolated in all sets.
constexpr std::int64_t kMostDraws = 1'000'000;      // Subsets, bootstrap replicates, sets of pairs.
constexpr std::int64_t kMostRuns = 1'000'000;       // Of one command.
constexpr std::int64_t kMostJobs = 1024;
constexpr std::int64_t kMostThreads = 1024;
constexpr double kHighestLearningRate = 1e6;
constexpr double kMostMinutes = 5'256'000;  // Ten years.

}  // namespace rraebench
