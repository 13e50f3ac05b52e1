#pragma once
// Implements: the measurements that every trained model goes through, one file each. A protocol uses the
// model's contract alone, so that all models do the same work.

#include "host/worker/protocols/context.hpp"

namespace rraebench {

/// Relative L2 error of decode(encode(x)) over the training and the test split.
void reconstruct(const ProtocolContext& context);

/// "grid": error of decoding the (multi)linear interpolation of training coefficients at the test parameters.
/// "pairs": FID and entropy of images decoded at equal steps between the coefficients of random training
/// pairs.
void interpolate(const ProtocolContext& context);

/// FID and entropy of samples decoded from random coefficients, for each of the suite's samplers.
void generate(const ProtocolContext& context);

/// Active units, KL per dimension and collapsed dimensions over the test split.
void measure_collapse(const ProtocolContext& context);

/// Singular spectrum and rank measures of the latent over the test split.
void measure_rank(const ProtocolContext& context);

}  // namespace rraebench
