#include "rank_schedule.hpp"

namespace rraebench {

RankSchedule::RankSchedule(const RankScheduleSettings& settings)
    : settings_(settings), rank_(settings.first_rank), reference_(settings.reference_loss) {
  if (reference_ > 0.0) phase_ = Phase::kLower;
}

RankChange RankSchedule::observe(double loss) {
  if (settled()) return RankChange::kNone;
  sum_ += loss;
  if (++steps_ < settings_.window) return RankChange::kNone;
  const double mean = sum_ / static_cast<double>(steps_);
  const bool stagnant = mean > last_mean_ * (1.0 - settings_.stagnation);
  last_mean_ = mean;
  sum_ = 0.0;
  steps_ = 0;
  if (phase_ == Phase::kFindReference) {
    if (stagnant) {
      reference_ = mean;
      phase_ = Phase::kLower;
      return lower();
    }
    return RankChange::kNone;
  }
  if (mean <= reference_) return lower();
  if (stagnant && ++stagnant_ >= settings_.patience) return raise();
  return RankChange::kNone;
}

RankChange RankSchedule::end_training() {
  return phase_ == Phase::kLower ? raise() : RankChange::kNone;
}

RankChange RankSchedule::lower() {
  stagnant_ = 0;
  if (rank_ <= settings_.lowest_rank) {
    phase_ = Phase::kSettled;
    return RankChange::kNone;
  }
  --rank_;
  lowered_ = true;
  last_mean_ = std::numeric_limits<double>::infinity();
  return RankChange::kSaveAndLower;
}

RankChange RankSchedule::raise() {
  phase_ = Phase::kSettled;
  if (!lowered_) return RankChange::kNone;  // A given reference that even the first rank missed.
  ++rank_;
  return RankChange::kRestoreAndRaise;
}

RankSchedule::State RankSchedule::state() const {
  return {static_cast<double>(phase_), static_cast<double>(rank_),     reference_,          last_mean_, sum_,
          static_cast<double>(steps_), static_cast<double>(stagnant_), lowered_ ? 1.0 : 0.0};
}

void RankSchedule::restore(const State& state) {
  phase_ = static_cast<Phase>(static_cast<int>(state[0]));
  rank_ = static_cast<std::int64_t>(state[1]);
  reference_ = state[2];
  last_mean_ = state[3];
  sum_ = state[4];
  steps_ = static_cast<std::int64_t>(state[5]);
  stagnant_ = static_cast<std::int64_t>(state[6]);
  lowered_ = state[7] != 0.0;
}

}  // namespace rraebench
