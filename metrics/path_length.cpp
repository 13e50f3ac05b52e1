#include "metrics/path_length.hpp"

#include "metrics/tensors.hpp"

#include <limits>
#include <stdexcept>

namespace rraebench {

PathSmoothness path_smoothness(const torch::Tensor& features) {
  if (!features.defined() || features.dim() != 3 || features.size(0) == 0 || features.size(1) < 3)
    throw std::invalid_argument(
        c10::str("path smoothness: expected paths x (3 or more points) x features, got shape ",
                 features.defined() ? features.sizes() : at::IntArrayRef{}));
  const auto points = float64_matrix(features.flatten(0, 1), "features").view(features.sizes());
  const auto steps = points.size(1) - 1;
  const auto squares = points.diff(1, 1).square().sum(2);  // P x S
  PathSmoothness smoothness;
  smoothness.length = squares.mean().item<double>() * static_cast<double>(steps * steps);
  const auto ends = (points.select(1, steps) - points.select(1, 0)).norm(2, {1});
  // A sample with itself is decoded at several places of a batch, which round differently.
  const auto moves = ends > kFeatureRounding * points.square().sum(2).mean().sqrt();
  smoothness.detour =
      moves.any().item<bool>()
          ? (squares.sqrt().sum(1).masked_select(moves) / ends.masked_select(moves)).mean().item<double>()
          : std::numeric_limits<double>::quiet_NaN();
  return smoothness;
}

}  // namespace rraebench
