#include "datasets/sources/synthetic.hpp"

#include "datasets/sha256.hpp"
#include "datasets/source_options.hpp"

#include <algorithm>
#include <limits>
#include <random>

namespace rraebench {
namespace {

// The largest counts are there to stop a slip of the keyboard from asking for all memory.
constexpr double kMostSamples = 100000;
// Added to option `test_seed` for the validation parameters, so that they are other points than the test's.
constexpr std::uint64_t kValidationSeedOffset = 0x9e3779b97f4a7c15ULL;

/// N points of P coordinates each, row-major.
struct Points {
  std::vector<double> values;
  std::int64_t dimensions = 1;

  std::int64_t count() const { return static_cast<std::int64_t>(values.size()) / dimensions; }
};

/// All points of the grid, the last axis fastest.
Points grid_points(const Axes& axes) {
  std::size_t count = 1;
  for (const auto& axis : axes) count *= axis.size();
  Points points{std::vector<double>(count * axes.size()), static_cast<std::int64_t>(axes.size())};
  std::size_t block = count;  // How many samples in a row share a value of the axis.
  for (std::size_t p = 0; p < axes.size(); ++p) {
    block /= axes[p].size();
    for (std::size_t n = 0; n < count; ++n)
      points.values[n * axes.size() + p] = axes[p][(n / block) % axes[p].size()];
  }
  return points;
}

/// Uniform in [0, 1) from the generator's upper 53 bits: std::uniform_real_distribution may differ between
/// standard libraries, and the test set must not.
double uniform(std::mt19937_64& generator) {
  return static_cast<double>(generator() >> 11) * 0x1p-53;
}

/// `count` random points within the grid.
Points random_points(const Axes& axes, std::uint64_t seed, std::int64_t count) {
  std::mt19937_64 generator(seed);
  Points points{{}, static_cast<std::int64_t>(axes.size())};
  points.values.reserve(static_cast<std::size_t>(count) * axes.size());
  for (std::int64_t n = 0; n < count; ++n)
    for (const auto& axis : axes)  // min: rounding must not carry a point beyond the grid.
      points.values.push_back(
          std::min(axis.front() + uniform(generator) * (axis.back() - axis.front()), axis.back()));
  return points;
}

/// Both coordinates equal to the one that was drawn.
Points on_diagonal(const Points& drawn) {
  Points points{{}, 2};
  for (const double value : drawn.values) points.values.insert(points.values.end(), {value, value});
  return points;
}

Points chosen(const Points& points, const std::vector<std::int64_t>& rows) {
  Points some{{}, points.dimensions};
  for (const auto row : rows)
    some.values.insert(some.values.end(), points.values.begin() + row * points.dimensions,
                       points.values.begin() + (row + 1) * points.dimensions);
  return some;
}

RawSplit make_split(Points points, const std::vector<std::int64_t>& sample_shape, const FillSample& fill) {
  std::vector<std::int64_t> shape = {points.count()};
  shape.insert(shape.end(), sample_shape.begin(), sample_shape.end());
  std::size_t sample_size = 1;
  for (const auto extent : sample_shape) sample_size *= static_cast<std::size_t>(extent);
  std::vector<float> samples(sample_size * static_cast<std::size_t>(points.count()));
  for (std::int64_t n = 0; n < points.count(); ++n)
    fill(points.values.data() + n * points.dimensions,
         samples.data() + n * static_cast<std::int64_t>(sample_size));
  auto split = float_split(std::move(samples), std::move(shape));
  split.parameters = std::move(points.values);
  return split;
}

OptionRule test_samples_option(const char* default_value) {
  return integer_option("test_count", default_value,
                        "number of test samples, at random parameters within the grid", 1, kMostSamples);
}

}  // namespace

std::vector<double> equidistant(double first, double last, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    values[i] = first + (last - first) * static_cast<double>(i) / static_cast<double>(count - 1);
  values.back() = last;
  return values;
}

RawDataset make_dataset(const Axes& axes, const Axes& random_axes,
                        const std::vector<std::int64_t>& sample_shape, const FillSample& fill,
                        const Options& options) {
  const auto draw = [&](std::uint64_t seed_offset, const char* count_name) {
    auto points =
        random_points(random_axes, static_cast<std::uint64_t>(options.integer("test_seed")) + seed_offset,
                      options.integer(count_name));
    return random_axes.size() == axes.size() ? points : on_diagonal(points);
  };
  RawDataset dataset;
  auto points = grid_points(axes);
  const auto rows = samples_in_use(options, "train", points.count(), "the grid of training parameters");
  if (static_cast<std::int64_t>(rows.size()) == points.count()) dataset.grid = axes;
  dataset.train = make_split(chosen(points, rows), sample_shape, fill);
  if (options.integer("validation_count") > 0)
    dataset.validation = make_split(draw(kValidationSeedOffset, "validation_count"), sample_shape, fill);
  dataset.test = make_split(draw(0, "test_count"), sample_shape, fill);
  if (sample_shape.size() == 3) dataset.value_range = {0.0, 1.0};
  Sha256 hash;
  for (const auto* split : {&dataset.train, &dataset.test, &dataset.validation})
    hash.update(split->bytes(), static_cast<std::size_t>(split->size()) * split->sample_bytes());
  for (const auto* split : {&dataset.train, &dataset.test, &dataset.validation})
    hash.update(split->parameters.data(), split->parameters.size() * sizeof(double));
  dataset.fingerprint = hash.hex();
  return dataset;
}

bool as_in_code(const Options& options) {
  return options.text("variant") == "code";
}

OptionRule grid_size_option(const char* default_value, const char* help, double most) {
  return integer_option("grid_size", default_value, help, 2, most);
}

OptionRule variant_option(const char* help) {
  return text_option("variant", "paper", help, "paper|code");
}

std::vector<OptionRule> options_of(const char* test_count, const std::vector<OptionRule>& more) {
  std::vector<OptionRule> options = {
      normalisation_option("standardise"),
      integer_option("test_seed", "0", "draws the test parameters, the same for every run of a comparison", 0,
                     std::numeric_limits<std::uint32_t>::max()),
      integer_option("validation_count", "0", "number of validation samples, at other random parameters", 0,
                     kMostSamples),
      test_samples_option(test_count),
      train_count_option(),
      train_seed_option()};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace rraebench
