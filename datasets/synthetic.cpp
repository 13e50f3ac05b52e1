#include "datasets/synthetic.hpp"

#include "datasets/sha256.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace rraebench {
namespace {

constexpr double kPi = 3.14159265358979323846;

using Axes = std::vector<std::vector<double>>;

/// Writes the sample that belongs to the parameters.
using FillSample = std::function<void(const double* parameters, float* sample)>;

/// `count` values from `first` to `last`, both included.
std::vector<double> equidistant(double first, double last, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    values[i] = first + (last - first) * static_cast<double>(i) / static_cast<double>(count - 1);
  values.back() = last;
  return values;
}

/// first, first + step, ...: `count` values.
std::vector<double> steps(double first, double step, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) values[i] = first + step * static_cast<double>(i);
  return values;
}

/// All points of the grid, the last axis fastest: N x P float64.
torch::Tensor grid_points(const Axes& axes) {
  std::int64_t count = 1;
  for (const auto& axis : axes) count *= static_cast<std::int64_t>(axis.size());
  torch::Tensor points = torch::empty({count, static_cast<std::int64_t>(axes.size())}, torch::kFloat64);
  double* value = points.data_ptr<double>();
  std::int64_t block = count;  // How many samples in a row share a value of the axis.
  for (std::size_t p = 0; p < axes.size(); ++p) {
    const auto size = static_cast<std::int64_t>(axes[p].size());
    block /= size;
    for (std::int64_t n = 0; n < count; ++n) value[n * points.size(1) + p] = axes[p][(n / block) % size];
  }
  return points;
}

/// Uniform in [0, 1) from the generator's upper 53 bits: std::uniform_real_distribution may differ between
/// standard libraries, and the test set must not.
double uniform(std::mt19937_64& generator) {
  return static_cast<double>(generator() >> 11) * 0x1p-53;
}

/// `count` random points within the grid: N x P float64.
torch::Tensor random_points(const Axes& axes, const Options& options) {
  std::mt19937_64 generator(static_cast<std::uint64_t>(options.integer("test_seed")));
  const std::int64_t count = options.integer("test_count");
  torch::Tensor points = torch::empty({count, static_cast<std::int64_t>(axes.size())}, torch::kFloat64);
  double* value = points.data_ptr<double>();
  for (std::int64_t n = 0; n < count; ++n)
    for (const auto& axis : axes)  // min: rounding must not carry a point beyond the grid.
      *value++ = std::min(axis.front() + uniform(generator) * (axis.back() - axis.front()), axis.back());
  return points;
}

Split make_split(const torch::Tensor& parameters, const std::vector<std::int64_t>& sample_shape,
                 const FillSample& fill) {
  std::vector<std::int64_t> shape = {parameters.size(0)};
  shape.insert(shape.end(), sample_shape.begin(), sample_shape.end());
  Split split;
  split.parameters = parameters;
  split.samples = torch::empty(shape, torch::kFloat32);
  const std::int64_t sample_size = split.samples.numel() / split.samples.size(0);
  const double* point = parameters.data_ptr<double>();
  float* sample = split.samples.data_ptr<float>();
  for (std::int64_t n = 0; n < split.size(); ++n)
    fill(point + n * parameters.size(1), sample + n * sample_size);
  return split;
}

void add_bytes(Sha256& hash, const torch::Tensor& values) {
  hash.update(values.data_ptr(), static_cast<std::size_t>(values.nbytes()));
}

Dataset make_dataset(const Axes& axes, const torch::Tensor& test_parameters,
                     const std::vector<std::int64_t>& sample_shape, const FillSample& fill,
                     const Options& options) {
  Dataset dataset;
  dataset.sample_shape = sample_shape;
  dataset.grid = axes;
  dataset.train = make_split(grid_points(axes), sample_shape, fill);
  dataset.test = make_split(test_parameters, sample_shape, fill);
  if (options.text("normalisation") == "standardise")
    dataset.normalisation = standardisation(dataset.train.samples);
  if (!dataset.is_image()) {
    dataset.value_minimum = dataset.train.samples.min().item<double>();
    dataset.value_maximum = dataset.train.samples.max().item<double>();
  }
  Sha256 hash;
  for (const torch::Tensor& part :
       {dataset.train.samples, dataset.test.samples, dataset.train.parameters, dataset.test.parameters})
    add_bytes(hash, part);
  dataset.fingerprint = hash.hex();
  return dataset;
}

/// Curves given by their value at a time.
Dataset make_curves(const Axes& axes, const std::vector<double>& times,
                    const std::function<double(const double* parameters, double time)>& value,
                    const Options& options) {
  const auto fill = [&](const double* parameters, float* sample) {
    for (std::size_t i = 0; i < times.size(); ++i)
      sample[i] = static_cast<float>(value(parameters, times[i]));
  };
  return make_dataset(axes, random_points(axes, options), {static_cast<std::int64_t>(times.size())}, fill,
                      options);
}

bool as_in_code(const Options& options) {
  return options.text("variant") == "code";
}

}  // namespace

Dataset make_shift(const Options& options) {
  const auto value = [](const double* p, double t) { return std::sin(t - p[0] * kPi); };
  return make_curves({equidistant(0.0, 1.7, 17)}, equidistant(0.0, 2.0 * kPi, 200), value, options);
}

Dataset make_stairs(const Options& options) {
  constexpr double kFirst = 1.0;
  constexpr double kStep = 0.1;
  // The code interpolates between the first two of 100 phases spread over 1.75, put one step of p apart.
  const double slope = as_in_code(options) ? 1.75 / 99.0 / kStep : 2.286;
  const std::vector<double> times = equidistant(0.0, 3.5, 501);
  const auto fill = [&](const double* p, float* sample) {
    const double phase = 0.875 + slope * (p[0] - kFirst);
    double sum = 0.0;  // A plain running sum, not multiplied by the time step.
    for (std::size_t i = 0; i < times.size(); ++i) {
      const double g = p[0] * std::sqrt(times[i]) * std::sin(2.0 * kPi * (times[i] - phase)) - 2.3;
      sum += std::pow((std::abs(g) + g) / 2.0, 5);
      sample[i] = static_cast<float>(sum);
    }
  };
  const Axes axes = {steps(kFirst, kStep, 40)};
  return make_dataset(axes, random_points(axes, options), {static_cast<std::int64_t>(times.size())}, fill,
                      options);
}

Dataset make_freqs(const Options& options) {
  const std::int64_t count = options.integer("grid_size");
  const Axes axes = as_in_code(options) ? Axes{equidistant(0.5, 1.0, count), equidistant(0.3, 0.8, count)}
                                        : Axes{equidistant(0.3, 0.5, count), equidistant(0.8, 1.0, count)};
  const auto value = [](const double* p, double t) {
    return std::sin(p[0] * kPi * t) + std::sin(p[1] * kPi * t);
  };
  return make_curves(axes, steps(0.0, 0.01, 1571), value, options);
}

Dataset make_gauss(const Options& options) {
  const std::int64_t count = options.integer("grid_size");
  const double sign = as_in_code(options) ? -1.0 : 1.0;
  const auto bump = [](double offset) { return 1.3 * std::exp(-offset * offset / 0.08); };
  const auto value = [&](const double* p, double t) { return bump(t - p[0]) + sign * bump(t - p[1]); };
  return make_curves({equidistant(1.0, 3.0, count), equidistant(4.0, 6.0, count)}, steps(0.0, 0.005, 1200),
                     value, options);
}

Dataset make_gaussian2d(const Options& options) {
  const std::int64_t count = options.integer("grid_size");
  const std::int64_t size = options.integer("size");
  const std::vector<double> pixels = equidistant(-1.0, 1.0, size);
  const auto profile = [&](double centre) {
    std::vector<double> values = pixels;
    for (double& value : values) value = std::exp(-(value - centre) * (value - centre) / (2.0 * 0.2 * 0.2));
    return values;
  };
  // The Gaussian is a product of two profiles: 2 size exponentials an image instead of size^2.
  const auto fill = [&](const double* p, float* sample) {
    const std::vector<double> across = profile(p[0]);
    for (const double down : profile(p[1]))
      for (const double value : across) *sample++ = static_cast<float>(down * value);
  };
  const Axes axes(2, equidistant(-0.5, 0.5, count));
  torch::Tensor test = random_points(as_in_code(options) ? Axes{axes[0]} : axes, options);
  if (as_in_code(options)) test = test.expand({-1, 2}).contiguous();
  return make_dataset(axes, test, {1, size, size}, fill, options);
}

}  // namespace rraebench
