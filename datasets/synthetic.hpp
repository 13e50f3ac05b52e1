#pragma once
// Implements: the generated data of the RRAE paper (arXiv 2405.13980) and of the VRRAE paper
// (arXiv 2505.09458): curves and images of one or two parameters, trained on a grid and tested at random
// points within it.
//
// Common to all: values are computed in double and stored as float32; test parameters are independent uniform
// draws of option `test_seed`, within the training grid because prediction there interpolates, sample by
// sample, so that a smaller `test_count` gives the first samples of a larger one. Option `variant` = "code"
// selects the authors' published code where it differs from their paper. Name, citation and licence are left
// to load_dataset.

#include "datasets/dataset.hpp"
#include "rraebench/options.hpp"

namespace rraebench {

/// sin(t - p pi), t = 200 points in [0, 2 pi]; p = 17 values in [0, 1.7].
Dataset make_shift(const Options& options);

/// Running sum of max(g, 0)^5, g = p sqrt(t) sin(2 pi (t - Ph(p))) - 2.3, Ph = 0.875 + 2.286 (p - 1), t = 501
/// points in [0, 3.5]; p = 1, 1.1, ..., 4.9. Variant "code": Ph rises by 1.75 / 99 from one training value to
/// the next.
Dataset make_stairs(const Options& options);

/// sin(p1 pi t) + sin(p2 pi t), t = 0, 0.01, ... below 5 pi; p1 in [0.3, 0.5], p2 in [0.8, 1].
/// Variant "code": p1 in [0.5, 1], p2 in [0.3, 0.8]. The grid's size is the code's, 15 by 15; the paper
/// states none.
Dataset make_freqs(const Options& options);

/// 1.3 exp(-(t - p1)^2 / 0.08) + 1.3 exp(-(t - p2)^2 / 0.08), t = 0, 0.005, ... below 6; p1 in [1, 3], p2 in
/// [4, 6]. Variant "code": the second bump is subtracted.
Dataset make_gauss(const Options& options);

/// 1 x size x size images exp(-((x - p1)^2 + (y - p2)^2) / (2 0.2^2)) on [-1, 1]^2, x along a row, y down the
/// rows; p1 and p2 in [-0.5, 0.5]. Variant "code": test centres with p1 = p2.
Dataset make_gaussian2d(const Options& options);

}  // namespace rraebench
