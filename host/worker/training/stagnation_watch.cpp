#include "host/worker/training/stagnation_watch.hpp"

namespace rraebench {

StagnationWatch::StagnationWatch(const TrainingPlan& plan)
    : window_(plan.stagnation_window),
      tolerance_(plan.stagnation_tolerance),
      patience_(plan.stagnation_count) {}

bool StagnationWatch::stagnates(double loss) {
  if (window_ == 0) return false;
  sum_ += loss;
  if (++count_ < window_) return false;
  const double mean = sum_ / static_cast<double>(count_);
  if (has_previous_ && mean > previous_ * (1.0 - tolerance_)) ++stagnant_;
  previous_ = mean;
  has_previous_ = true;
  sum_ = 0.0;
  count_ = 0;
  return stagnant_ >= patience_;
}

void StagnationWatch::save(torch::serialize::OutputArchive& archive) const {
  archive.write("watch",
                torch::tensor({sum_, static_cast<double>(count_), previous_, has_previous_ ? 1.0 : 0.0,
                               static_cast<double>(stagnant_)},
                              torch::kFloat64),
                /*is_buffer=*/true);
}

void StagnationWatch::load(torch::serialize::InputArchive& archive) {
  torch::Tensor state;
  archive.read("watch", state, /*is_buffer=*/true);
  sum_ = state[0].item<double>();
  count_ = static_cast<std::int64_t>(state[1].item<double>());
  previous_ = state[2].item<double>();
  has_previous_ = state[3].item<double>() != 0.0;
  stagnant_ = static_cast<std::int64_t>(state[4].item<double>());
}

}  // namespace rraebench
