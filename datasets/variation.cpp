#include "datasets/variation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace rraebench {
namespace {

/// Beside this many times their deviation the mean decides the relative error.
constexpr double kLargeMean = 1000.0;
/// Single precision keeps less than three digits of a variation whose share its rounding is above this.
constexpr double kCoarse = 1e-3;

template <typename Value>
bool all_equal(const torch::Tensor& samples, const Normalisation& normalisation) {
  const auto dense = samples.contiguous();
  const auto* values = dense.data_ptr<Value>();
  const auto size = dense.numel() / dense.size(0);
  const auto given = [&](std::int64_t at) {  // As normalise() gives it.
    return static_cast<float>((static_cast<double>(values[at]) - normalisation.offset) / normalisation.scale);
  };
  for (std::int64_t at = size; at < dense.numel(); ++at)
    if (values[at] != values[at % size] && given(at) != given(at % size)) return false;
  return true;
}

/// Found at the first difference, so that it costs nothing where samples differ.
bool all_equal(const Split& split, const Normalisation& normalisation) {
  if (split.size() < 2) return false;
  if (split.samples.scalar_type() == torch::kUInt8)
    return all_equal<std::uint8_t>(split.samples, normalisation);
  if (split.samples.scalar_type() == torch::kFloat64) return all_equal<double>(split.samples, normalisation);
  return all_equal<float>(split.samples, normalisation);
}

std::string number(double value) {
  std::ostringstream text;
  text.precision(3);
  text << value;
  return text.str();
}

std::vector<std::string> notes_on_small_variation(const Dataset& dataset) {
  const auto& samples = dataset.train.samples;
  const auto found = standardisation(samples);
  const auto varying = dataset.name + ": the samples vary by " + number(found.scale) + " around " +
                       number(found.offset) + ": ";
  std::vector<std::string> notes;
  const bool wide = samples.scalar_type() == torch::kFloat64;
  const double rounding = std::abs(found.offset) * std::numeric_limits<float>::epsilon() / 2;
  const bool offset_is_kept = dataset.normalisation.offset == 0.0;
  if (rounding > kCoarse * found.scale && (!wide || offset_is_kept))
    notes.push_back(
        varying + "single precision keeps little of that; " +
        (wide ? "set normalisation = \"standardise\"" : "save them as float64 before they are rounded"));
  if (std::abs(found.offset) > kLargeMean * found.scale)
    notes.push_back(varying + "relative_error, which is relative to the values themselves, is " +
                    number(100.0 * found.scale / std::hypot(found.offset, found.scale)) +
                    " % for a model that always gives the mean");
  return notes;
}

}  // namespace

void check_variation(Dataset& dataset) {
  const bool bytes = dataset.train.samples.scalar_type() == torch::kUInt8;
  const auto equal = [&](const Split& split, const char* name) {
    return "all " + std::to_string(split.size()) + " " + name + " samples are equal";
  };
  if (all_equal(dataset.train, dataset.normalisation)) {
    const auto text = equal(dataset.train, "training");
    const bool raw =
        dataset.train.samples.scalar_type() == torch::kFloat64 && dataset.normalisation.offset == 0.0;
    if (!bytes)
      throw DatasetError("data set '" + dataset.name + "': " + text +
                         " in single precision, as models are given them; check the files" +
                         (raw ? ", or set normalisation = \"standardise\" if they vary little" : ""));
    dataset.notes.push_back(dataset.name + ": " + text + ": figures of features mean nothing");
  }
  if (all_equal(dataset.test, dataset.normalisation))
    dataset.notes.push_back(dataset.name + ": " + equal(dataset.test, "test") +
                            ": figures of test features mean nothing");
  if (bytes) return;
  const auto notes = notes_on_small_variation(dataset);
  dataset.notes.insert(dataset.notes.end(), notes.begin(), notes.end());
}

}  // namespace rraebench
