// Implements: the generated curves of the RRAE paper (arXiv 2405.13980) and of its second version's code.

#include "datasets/source_options.hpp"
#include "datasets/sources/synthetic.hpp"

#include <cmath>

namespace rraebench {
namespace {

constexpr const char* kRraePaper = "Mounayer et al.: Rank Reduction Autoencoders, arXiv:2405.13980";
constexpr const char* kRraeCode = "https://github.com/JadM133/RRAEs, problem gaussian_shift";

constexpr double kPi = 3.14159265358979323846;

/// first, first + step, ...: `count` values.
std::vector<double> steps(double first, double step, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) values[i] = first + step * static_cast<double>(i);
  return values;
}

/// Curves given by their value at a time.
RawDataset make_curves(const Axes& axes, const std::vector<double>& times,
                       const std::function<double(const double* parameters, double time)>& value,
                       const Options& options) {
  const auto fill = [&](const double* parameters, float* sample) {
    for (std::size_t i = 0; i < times.size(); ++i)
      sample[i] = static_cast<float>(value(parameters, times[i]));
  };
  return make_dataset(axes, axes, {static_cast<std::int64_t>(times.size())}, fill, options);
}

/// sin(t - p pi), t = 200 points in [0, 2 pi]; p = 17 values in [0, 1.7]. The authors' code has
/// linspace(0, 1.8, 18)[:-1], whose last is 1.6941 instead of 1.7: there is no variant of it.
RawDataset make_shift(const Options& options, const DataFolders& /*folders*/) {
  const auto value = [](const double* p, double t) { return std::sin(t - p[0] * kPi); };
  return make_curves({equidistant(0.0, 1.7, 17)}, equidistant(0.0, 2.0 * kPi, 200), value, options);
}

/// Running sum of max(g, 0)^5, g = p sqrt(t) sin(2 pi (t - Ph(p))) - 2.3, Ph = 0.875 + 2.286 (p - 1), t = 501
/// points in [0, 3.5]; p = 1, 1.1, ..., 4.9. Variant "code": Ph rises by 1.75 / 99 from one training value to
/// the next. The authors' code standardises the curves in its get_data and takes errors of what comes out,
/// where ours are of the curves themselves, with either variant: a model's relative errors come out 1.037
/// times as large there on the training curves, 1.045 times on test curves (of the paper's slope).
RawDataset make_stairs(const Options& options, const DataFolders& /*folders*/) {
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
  return make_dataset(axes, axes, {static_cast<std::int64_t>(times.size())}, fill, options);
}

/// sin(p1 pi t) + sin(p2 pi t), t = 0, 0.01, ... below 5 pi; p1 in [0.3, 0.5], p2 in [0.8, 1].
/// Variant "code": p1 in [0.5, 1], p2 in [0.3, 0.8]. The grid's size is the code's, 15 by 15; the paper
/// states none.
RawDataset make_freqs(const Options& options, const DataFolders& /*folders*/) {
  const std::int64_t count = options.integer("grid_size");
  const Axes axes = as_in_code(options) ? Axes{equidistant(0.5, 1.0, count), equidistant(0.3, 0.8, count)}
                                        : Axes{equidistant(0.3, 0.5, count), equidistant(0.8, 1.0, count)};
  const auto value = [](const double* p, double t) {
    return std::sin(p[0] * kPi * t) + std::sin(p[1] * kPi * t);
  };
  return make_curves(axes, steps(0.0, 0.01, 1571), value, options);
}

/// 1.3 exp(-(t - p1)^2 / 0.08) + 1.3 exp(-(t - p2)^2 / 0.08), t = 0, 0.005, ... below 6; p1 in [1, 3], p2 in
/// [4, 6]. Variant "code": the second bump is subtracted.
RawDataset make_gauss(const Options& options, const DataFolders& /*folders*/) {
  const std::int64_t count = options.integer("grid_size");
  const double sign = as_in_code(options) ? -1.0 : 1.0;
  const auto bump = [](double offset) { return 1.3 * std::exp(-offset * offset / 0.08); };
  const auto value = [&](const double* p, double t) { return bump(t - p[0]) + sign * bump(t - p[1]); };
  return make_curves({equidistant(1.0, 3.0, count), equidistant(4.0, 6.0, count)}, steps(0.0, 0.005, 1200),
                     value, options);
}

/// p2 exp(-(t - p1)^2 / 0.1), t = 500 points in [0, 2 pi + 2]; p1 = grid_size values in [1, 2 pi + 1]; p2 =
/// `scales` values in [0.5, 1.5], a range of ours, or where that is one value no parameter and 1.
RawDataset make_gaussian1d(const Options& options, const DataFolders& /*folders*/) {
  const bool scaled = options.integer("scales") > 1;
  Axes axes = {equidistant(1.0, 2.0 * kPi + 1.0, options.integer("grid_size"))};
  if (scaled) axes.push_back(equidistant(0.5, 1.5, options.integer("scales")));
  const auto value = [scaled](const double* p, double t) {
    const double bump = std::exp(-(t - p[0]) * (t - p[0]) / 0.1);
    return scaled ? p[1] * bump : bump;
  };
  return make_curves(axes, equidistant(0.0, 2.0 * kPi + 2.0, 500), value, options);
}

}  // namespace

DataSource shift_source() {
  return {{"shift", "sine curves shifted by one parameter", "200", "17 train, 80 test", kRraePaper,
           kGenerated, options_of("80")},
          make_shift,
          embedded};
}

DataSource stairs_source() {
  return {{"stairs", "rising steps whose height and place follow one parameter", "501", "40 train, 300 test",
           kRraePaper, kGenerated,
           options_of("300", {variant_option("slope of the phase: 2.286 as printed, or 0.1768 as in the "
                                             "authors' code")})},
          make_stairs,
          embedded};
}

DataSource freqs_source() {
  return {{"freqs", "sums of two sines of varying frequencies", "1571", "225 train, 1000 test", kRraePaper,
           kGenerated,
           options_of("1000", {grid_size_option("15"),
                               variant_option("parameter ranges: [0.3, 0.5] x [0.8, 1], or the code's [0.5, "
                                              "1] x [0.3, 0.8]")})},
          make_freqs,
          embedded};
}

DataSource gauss_source() {
  return {{"gauss", "two Gaussian bumps moving independently", "1200", "100 train, 1000 test", kRraePaper,
           kGenerated,
           options_of("1000", {grid_size_option("10"),
                               variant_option("second bump: upwards as printed, or downwards as in the "
                                              "authors' code")})},
          make_gauss,
          embedded};
}

DataSource gaussian1d_source() {
  return {{"gaussian1d", "curves of one Gaussian bump that moves and may be scaled", "500",
           "20 train, 498 test", kRraeCode, kGenerated,
           options_of("498", {grid_size_option("20", "training values of the bump's place", 10000),
                              integer_option("scales", "1",
                                             "training values of the bump's height, from 0.5 to 1.5; 1: all "
                                             "are 1 high",
                                             1, 50)})},
          make_gaussian1d,
          embedded};
}

}  // namespace rraebench
