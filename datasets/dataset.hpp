#pragma once
// Implements: the one shape in which every data source arrives.

#include "datasets/error.hpp"

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

/// Samples with what is known about them, row n of each tensor belonging to sample n. The tensors may lie on
/// a file that is mapped for reading alone: no operation may write into them.
struct Split {
  // N x T (curves): float32, or float64 as their file has them, since what tells samples apart may be lost in
  // float32. N x C x H x W (images): the same or uint8.
  torch::Tensor samples;
  torch::Tensor labels;      // N int64; undefined where there are none.
  torch::Tensor parameters;  // N x P float64: what a curve was made from; undefined where there is none.

  std::int64_t size() const { return samples.defined() ? samples.size(0) : 0; }
};

/// normalised = (value - offset) / scale. For uint8 images a value is byte / 255, in [0, 1].
struct Normalisation {
  double offset = 0.0;
  double scale = 1.0;
  torch::ScalarType value_type = torch::kFloat32;  // Of values: float64 for samples of float64.
};

struct Dataset {
  std::string name;
  std::vector<std::int64_t> sample_shape;  // {T} or {C, H, W}.
  Split train;
  Split validation;  // Empty where the source has none and none was asked for.
  Split test;
  Normalisation normalisation;            // From the training split, applied to all.
  std::vector<std::vector<double>> grid;  // Training parameters as a grid: one rising axis a parameter,
                                          // samples in row-major order of the axes. Empty: no grid.
  double value_minimum = 0.0;             // Of un-normalised values; images: 0 and 1.
  double value_maximum = 1.0;
  std::string citation;
  std::string licence;
  std::string fingerprint;         // SHA-256 (hex) of the source bytes, or of the generated values.
  std::vector<std::string> notes;  // What a user must know of the data: a sentence each, in one line.

  bool is_image() const { return sample_shape.size() == 3; }
};

/// Rows `indices` (int64) of `samples` in un-normalised units: floats as they are, uint8 as byte / 255 in
/// float32.
torch::Tensor gather_samples(const torch::Tensor& samples, const torch::Tensor& indices);

/// All rows, as gather_samples gives them; floats come back as they are, not copied.
torch::Tensor to_values(const torch::Tensor& samples);

/// Rows `indices` (int64, on the CPU) of uint8 `samples` (on the CPU), normalised: N x sample shape, float32.
/// The same to the last bit as normalise(gather_samples(samples, indices), normalisation), in one pass.
torch::Tensor gather_normalised(const torch::Tensor& samples, const torch::Tensor& indices,
                                const Normalisation& normalisation);

/// The normalisation that gives `samples` mean 0 and (population) standard deviation 1 over all values
/// together; that value and scale 1 when they are all equal. Summed in double in a fixed order: the same on
/// any number of threads.
Normalisation standardisation(const torch::Tensor& samples);

/// (values - offset) / scale, worked out in double: float32, a new tensor.
torch::Tensor normalise(const torch::Tensor& values, const Normalisation& normalisation);
/// normalised * scale + offset, worked out in double: of the type of the values.
torch::Tensor denormalise(const torch::Tensor& normalised, const Normalisation& normalisation);

}  // namespace rraebench
