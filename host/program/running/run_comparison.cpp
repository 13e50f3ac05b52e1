#include "host/program/running/run_comparison.hpp"

#include "datasets/image_file.hpp"
#include "reports/render/curve_panels.hpp"
#include "rraebench/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace rraebench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPictureTolerance = 2.0 / 255.0;
constexpr double kCurveTolerance = 1e-4;  // Five digits are kept.
constexpr double kNothing = 1e-12;        // Differences below are none, however small the values.

/// What is compared as one: a figure is a list of one value.
struct Values {
  std::string name;
  std::vector<double> values;
  std::string shown;
};

std::string joined(std::initializer_list<std::string> words) {
  std::string text;
  for (const auto& word : words)
    if (!word.empty()) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<Values> values_of(const RunRecord& run) {
  std::vector<Values> all;
  for (const auto& metric : run.metrics) {
    if (metric.name == "seconds_per_100_steps") continue;  // A time, which never comes twice.
    all.push_back({joined({metric.protocol, metric.name, metric.variant, metric.split, metric.extractor}),
                   {metric.value},
                   std::isnan(metric.value) ? "none" : detail::number_text(metric.value)});
  }
  std::map<std::string, std::vector<double>> curves;
  for (const auto& point : run.curve) {
    curves[point.series].push_back(static_cast<double>(point.step));
    curves[point.series].push_back(point.value);
  }
  for (auto& [series, values] : curves) {
    auto shown = fmt::format("{} points", values.size() / 2);
    all.push_back({"curve " + series, std::move(values), std::move(shown)});
  }
  for (const auto& spectrum : run.spectra)
    all.push_back(
        {"spectrum " + spectrum.name, spectrum.values, fmt::format("{} values", spectrum.values.size())});
  return all;
}

bool same_value(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));  // The file keeps no sign of a zero.
}

double difference_of(const std::vector<double>& stored, const std::vector<double>& again) {
  if (stored.size() != again.size()) return kInfinity;
  double scale = 0.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (same_value(stored[i], again[i])) continue;
    if (!std::isfinite(stored[i]) || !std::isfinite(again[i])) return kInfinity;
    largest = std::max(largest, std::abs(stored[i] - again[i]));
  }
  for (const auto* side : {&stored, &again})
    for (const double value : *side)
      if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
  return largest <= kNothing ? 0.0 : largest / scale;
}

ComparedFigure compare(const Values& stored, const Values* again) {
  if (again == nullptr) return {stored.name, stored.shown, "missing", Agreement::kDifferent, kInfinity};
  ComparedFigure figure{stored.name, stored.shown, again->shown, Agreement::kBitwise, 0.0};
  if (stored.values.size() == again->values.size() &&
      std::equal(stored.values.begin(), stored.values.end(), again->values.begin(), same_value))
    return figure;
  figure.difference = difference_of(stored.values, again->values);
  figure.agreement = figure.difference <= kRunTolerance ? Agreement::kWithinTolerance : Agreement::kDifferent;
  return figure;
}

std::string name_of(const ImageRecord& image) {
  return joined({"picture", image.protocol, image.name, image.variant});
}

/// Of all points; infinite for other numbers of them, or none.
double curve_difference(const ImageRecord& stored, const ImageRecord& again) {
  const auto flat = [](const PictureCurves& curves) {
    std::vector<double> points;
    for (const auto& layer : curves)
      for (const auto& panel : layer) points.insert(points.end(), panel.begin(), panel.end());
    return points;
  };
  const auto points = flat(parse_curves(stored.content));
  return points.empty() ? kInfinity : difference_of(points, flat(parse_curves(again.content)));
}

/// Largest difference of two pixels, as a share of 255; infinite for pictures of other sizes or none.
double pixel_difference(const ImageRecord& stored, const ImageRecord& again) {
  ImageDecoder decoder;
  Image first;
  Image second;
  try {
    decoder.decode(stored.content, "stored picture", first);
    decoder.decode(again.content, "picture", second);
  } catch (const std::exception&) {
    return kInfinity;
  }
  if (first.width != second.width || first.height != second.height) return kInfinity;
  int largest = 0;
  for (std::size_t i = 0; i < first.rgb.size(); ++i)
    largest = std::max(largest, std::abs(int{first.rgb[i]} - int{second.rgb[i]}));
  return largest / 255.0;
}

ComparedFigure compare(const ImageRecord& stored, const ImageRecord* again) {
  const auto size = [](const ImageRecord& image) {
    return fmt::format("{} x {}", image.width, image.height);
  };
  if (again == nullptr) return {name_of(stored), size(stored), "missing", Agreement::kDifferent, kInfinity};
  ComparedFigure figure{name_of(stored), size(stored), size(*again), Agreement::kBitwise, 0.0};
  if (stored.content == again->content && stored.format == again->format) return figure;
  const bool curves = stored.format == kCurvesPicture && again->format == kCurvesPicture;
  figure.difference = curves ? curve_difference(stored, *again) : pixel_difference(stored, *again);
  figure.agreement = figure.difference <= (curves ? kCurveTolerance : kPictureTolerance)
                         ? Agreement::kWithinTolerance
                         : Agreement::kDifferent;
  return figure;
}

template <typename Item, typename Name>
void compare_all(const std::vector<Item>& stored, const std::vector<Item>& again, const Name& name,
                 std::vector<ComparedFigure>& figures) {
  const auto find = [&](const std::vector<Item>& items, const Item& item) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const Item& other) { return name(other) == name(item); });
    return found == items.end() ? nullptr : &*found;
  };
  for (const auto& item : stored) figures.push_back(compare(item, find(again, item)));
  for (const auto& item : again) {
    if (find(stored, item) != nullptr) continue;
    auto figure = compare(item, static_cast<const Item*>(nullptr));
    std::swap(figure.stored, figure.again);
    figures.push_back(std::move(figure));
  }
}

}  // namespace

const char* agreement_name(Agreement agreement) {
  switch (agreement) {
    case Agreement::kBitwise:
      return "bitwise equal";
    case Agreement::kWithinTolerance:
      return "within tolerance";
    case Agreement::kDifferent:
      return "different";
  }
  return "different";
}

std::vector<ComparedFigure> compare_runs(const RunRecord& stored, const RunRecord& again) {
  std::vector<ComparedFigure> figures;
  compare_all(
      values_of(stored), values_of(again), [](const Values& values) { return values.name; }, figures);
  compare_all(stored.images, again.images, name_of, figures);
  return figures;
}

}  // namespace rraebench
