// Implements: the generated images of the VRRAE paper (arXiv 2505.09458), and discs.

#include "datasets/source_options.hpp"
#include "datasets/sources/synthetic.hpp"

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

constexpr const char* kVrraePaper =
    "Mounayer et al.: Variational Rank Reduction Autoencoders, arXiv:2505.09458";

/// Values from option `low` to option `high`. Throws OptionError unless low < high.
std::vector<double> axis_of(const Options& options, const char* low, const char* high) {
  const double first = options.real(low);
  const double last = options.real(high);
  if (!(first < last))
    throw OptionError("option '" + std::string(low) + "' is " + detail::number_text(first) +
                      " but must be below '" + high + "', which is " + detail::number_text(last));
  return equidistant(first, last, options.integer("grid_size"));
}

/// 1 x size x size images exp(-((x - p1)^2 + (y - p2)^2) / (2 0.2^2)) on [-1, 1]^2, x along a row, y down the
/// rows; p1 and p2 in [-0.5, 0.5] unless options say otherwise. Variant "code": test centres with p1 = p2.
RawDataset make_gaussian2d(const Options& options, const DataFolders& /*folders*/) {
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
  const Axes axes = {axis_of(options, "x_low", "x_high"), axis_of(options, "y_low", "y_high")};
  if (as_in_code(options) && axes[0] != axes[1])
    throw OptionError(
        "option 'variant' is 'code', which tests on the diagonal and needs equal ranges of x and y");
  const Axes random_axes = as_in_code(options) ? Axes{axes[0]} : axes;
  return make_dataset(axes, random_axes, {1, size, size}, fill, options);
}

/// 1 x size x size images on [-1, 1]^2 of a disc, 1 within and 0 without, its edge as wide as a pixel: centre
/// p1, p2 in [-0.4, 0.4], radius p3 in [0.2, 0.5].
RawDataset make_circle(const Options& options, const DataFolders& /*folders*/) {
  const std::int64_t count = options.integer("grid_size");
  const std::int64_t size = options.integer("size");
  const std::vector<double> pixels = equidistant(-1.0, 1.0, size);
  const double edge = pixels[1] - pixels[0];
  const auto fill = [&](const double* p, float* sample) {
    for (const double y : pixels)
      for (const double x : pixels) {
        const double inside = (p[2] - std::hypot(x - p[0], y - p[1])) / edge + 0.5;
        *sample++ = static_cast<float>(std::clamp(inside, 0.0, 1.0));
      }
  };
  const auto centres = equidistant(-0.4, 0.4, count);
  const Axes axes = {centres, centres, equidistant(0.2, 0.5, count)};
  return make_dataset(axes, axes, {1, size, size}, fill, options);
}

OptionRule image_size_option(const char* default_value) {
  return integer_option("size", default_value, "height and width of the images", 2, 256);
}

OptionRule coordinate_option(const char* name, const char* default_value, const char* help) {
  return {name, OptionType::kReal, default_value, help, -10.0, 10.0};
}

}  // namespace

DataSource gaussian2d_source() {
  return {{"gaussian2d", "images of one Gaussian spot at varying centres", "1 x 64 x 64",
           "100 train, 10000 test", kVrraePaper, kGenerated,
           options_of("10000", {grid_size_option("10"), image_size_option("64"),
                                coordinate_option("x_low", "-0.5", "least x of the centres"),
                                coordinate_option("x_high", "0.5", "greatest x of the centres"),
                                coordinate_option("y_low", "-0.5", "least y of the centres"),
                                coordinate_option("y_high", "0.5", "greatest y of the centres"),
                                variant_option("test centres: independent coordinates, or the code's draw on "
                                               "the diagonal")})},
          make_gaussian2d,
          embedded};
}

DataSource circle_source() {
  return {{"circle", "images of one disc at varying centres and of varying radii", "1 x 64 x 64",
           "216 train, 1000 test",
           "this project; the data of the same name of the RRAE authors are not public", kGenerated,
           options_of("1000", {grid_size_option("6", "training values of each parameter", 40),
                               image_size_option("64")})},
          make_circle,
          embedded};
}

}  // namespace rraebench
