#pragma once
// Implements: whether the samples of a data set differ at all, and how much of their variation is left once a
// model is given them.

#include "datasets/dataset.hpp"

namespace rraebench {

/// Throws DatasetError where all training samples are the same curve or field once they are normalised and in
/// single precision: of such a set no figure means anything. Of equal images of bytes, of equal test samples
/// and of variation that is small beside the values it adds notes.
void check_variation(Dataset& dataset);

}  // namespace rraebench
