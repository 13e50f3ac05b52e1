#pragma once
// Implements: the adaptive choice of the rank of arXiv 2405.13980v2: start with many modes, take the loss at
// which training stagnates as the reference, drop one mode whenever the loss reaches it again, and take one
// back when it no longer does.

#include <array>
#include <cstdint>
#include <limits>

namespace rraebench {

struct RankScheduleSettings {
  std::int64_t first_rank = 1;
  std::int64_t lowest_rank = 1;
  std::int64_t window = 100;    // Steps whose mean loss is one observation.
  double stagnation = 0.01;     // An observation that is not lower than the last by this share is stagnant.
  std::int64_t patience = 5;    // Stagnant observations above the reference that prove a rank too low.
  double reference_loss = 0.0;  // 0: the loss of the first stagnant observation.
};

/// What the model has to do after an observation.
enum class RankChange { kNone, kSaveAndLower, kRestoreAndRaise };

/// Fed with the loss of each step; its whole state is the numbers of state(), so that a checkpoint can hold
/// it.
class RankSchedule {
 public:
  static constexpr std::size_t kStateSize = 8;
  using State = std::array<double, kStateSize>;

  explicit RankSchedule(const RankScheduleSettings& settings);

  std::int64_t rank() const { return rank_; }
  bool settled() const { return phase_ == Phase::kSettled; }

  /// One step's loss. rank() has changed already when this returns a change.
  RankChange observe(double loss);

  /// Training is over: a rank that has not reached the reference yet is raised again.
  RankChange end_training();

  State state() const;
  void restore(const State& state);

 private:
  enum class Phase { kFindReference, kLower, kSettled };

  RankChange lower();
  RankChange raise();

  RankScheduleSettings settings_;
  Phase phase_ = Phase::kFindReference;
  std::int64_t rank_;
  double reference_;
  double last_mean_ = std::numeric_limits<double>::infinity();
  double sum_ = 0.0;
  std::int64_t steps_ = 0;
  std::int64_t stagnant_ = 0;
  bool lowered_ = false;
};

}  // namespace rraebench
