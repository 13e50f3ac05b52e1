#pragma once
// Implements: the one way in which every model is trained.

#include "host/common/cell.hpp"
#include "host/common/events.hpp"
#include "host/worker/batches.hpp"
#include "host/worker/checked_model.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace rraebench {

struct TrainingHooks {
  std::function<void(const Progress&)> progress;       // A few times a second.
  std::function<void(const CurvePoint&)> curve_point;  // Means over equal intervals of steps.
  std::function<bool()> should_stop;                   // Asked after every step.
  std::function<void(const std::string& text)> warning = {};
  double seconds_between_checkpoints = 60.0;
  /// What was trained, when it ends without a summary of its own: before finalise(), which may end the
  /// process, and before an exception goes on.
  std::function<void(const TrainingSummary& summary)> trained_so_far = {};
};

/// Trains through the plan's stages, finalises, and fine-tunes where the plan asks for it. Each stage starts
/// a new optimiser. A model with nothing to train (no parameters, a loss without a graph) is only finalised.
/// The order of batches and the noise depend on `seed` alone, not on the model.
///
/// With a `checkpoint` path the state is saved there from time to time and when a stop is requested, and
/// taken up from there: the figures are those of an uninterrupted run. It stays when training is done, for
/// the caller to remove. A damaged one is said and not used. Throws InfrastructureError for one that cannot
/// be read or written, DivergedError, InterruptedError, and what the plugin throws.
TrainingSummary train(const CheckedModel& model, const TrainingPlan& plan, const SampleSource& samples,
                      std::int64_t seed, const std::filesystem::path& checkpoint, const TrainingHooks& hooks);

}  // namespace rraebench
