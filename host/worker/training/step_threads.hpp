#pragma once
// Implements: how many threads a training step gains from.

#include "rraebench/model.hpp"

#include <cstdint>

namespace rraebench {

/// Layers whose weights are used at every place of a sample.
bool has_convolutions(const Model& model);

/// `threads`, or one where a step of `batch_size` samples is products of small matrices: there a second
/// thread saves a tenth at best, waits for its turn most of the time, and costs several times the step where
/// another process wants the core (tests/benchmarks/step_benchmark.cpp). Decided by the model and the batch
/// alone, so that the figures of small networks are the same for any number of threads.
std::int64_t threads_of_a_step(const Model& model, std::int64_t batch_size, std::int64_t threads);

}  // namespace rraebench
