#pragma once
// Implements: the measurements that every trained model goes through, one file each. A protocol uses the
// model's contract alone, so that all models do the same work.

#include "host/worker/protocols/context.hpp"

namespace rraebench {

/// Relative L2 error of decode(encode(x)) over the training and the test split.
void reconstruct(const ProtocolContext& context);

/// "grid": error of decoding the (multi)linear interpolation of training coefficients at the test parameters.
/// "pairs": the suite's feature metrics of images decoded at equal steps between the coefficients of random
/// training pairs, and the smoothness of those paths.
void interpolate(const ProtocolContext& context);

/// The suite's feature metrics of samples decoded from random coefficients, for each of its samplers.
void generate(const ProtocolContext& context);

/// Active units, low-variance dimensions, KL per dimension, collapsed dimensions (as a spectrum also at
/// epsilon 1e-4 to 10 in half decades) and mutual information over the test split.
void measure_collapse(const ProtocolContext& context);

/// Singular spectrum and rank measures of the latent over the test split.
void measure_rank(const ProtocolContext& context);

}  // namespace rraebench
