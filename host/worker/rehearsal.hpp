#pragma once
// Implements: a rehearsal before training of all that is asked of a model afterwards, so that a wrong shape
// costs a second and not a night.

#include "datasets/dataset.hpp"
#include "host/common/cell.hpp"
#include "host/worker/batches.hpp"
#include "host/worker/checked_model.hpp"

#include <torch/types.h>

namespace rraebench {

/// Takes `model`, an untrained one that is not used afterwards, through one loss and finalise() on one batch
/// of the training's size, and samples of it through encode(), decode(), latent(), posterior(), kl(), prior()
/// and every sampler. Throws what these throw, with the message that they would have after training; values
/// that are not finite are let through, since training may mend them. Returns two reconstructions as an
/// extractor gets them: un-normalised, on the CPU. Leaves no trace in the generators.
torch::Tensor rehearse(const CheckedModel& model, const RunSpec& spec, const Dataset& dataset,
                       const SampleSource& training_samples);

}  // namespace rraebench
