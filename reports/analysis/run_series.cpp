#include "reports/analysis/run_series.hpp"

#include "reports/analysis/decimate.hpp"

#include <algorithm>
#include <cstddef>

namespace rraebench {
namespace {

// Keeps a report of many runs small: so many points of training curves a comparison, but enough for each
// curve.
constexpr std::size_t kCurvePointsInAll = 6000;
constexpr std::size_t kCurvePointsAtLeast = 60;
constexpr std::size_t kCurvePointsAtMost = 300;

/// Leaves one of pictures of originals that do not differ between labels.
void share_originals(std::vector<ReportImage>& images) {
  const auto same_place = [](const ReportImage& a, const ReportImage& b) {
    return a.image.name == kOriginals && b.image.name == kOriginals && a.image.protocol == b.image.protocol &&
           a.image.variant == b.image.variant;
  };
  for (std::size_t first = 0; first < images.size(); ++first) {
    const auto other = [&](const ReportImage& image) { return same_place(images[first], image); };
    const auto differs = [&](const ReportImage& image) {
      return other(image) && image.image.content != images[first].image.content;
    };
    if (images[first].image.name != kOriginals || std::any_of(images.begin(), images.end(), differs))
      continue;
    images[first].shared = true;
    const auto next = images.begin() + static_cast<std::ptrdiff_t>(first) + 1;
    images.erase(std::remove_if(next, images.end(), other), images.end());
  }
}

}  // namespace

void add_series(Comparison& comparison, const RunData& data, const std::vector<LabelledRun>& runs) {
  const std::size_t points = std::clamp(kCurvePointsInAll / std::max<std::size_t>(1, runs.size()),
                                        kCurvePointsAtLeast, kCurvePointsAtMost);
  for (const auto& [label, run] : runs) {
    for (const auto* whole : data.curves.of(run->id)) {
      auto& curve = comparison.curves.emplace_back();
      curve.label = label;
      curve.seed = run->seed;
      curve.status = run->status;
      curve.unfinished = !tells_of_model(*run);
      curve.series = whole->series;
      for (const auto index : decimate_extremes(whole->values, points)) {
        curve.steps.push_back(whole->steps[index]);
        curve.values.push_back(whole->values[index]);
      }
    }
    for (const auto* spectrum : data.spectra.of(run->id))
      comparison.spectra.push_back({label, run->seed, spectrum->name, spectrum->values});
    for (const auto* picture : data.images.of(run->id))
      comparison.images.push_back({label, run->seed, picture->image});
  }
  // As labels stand in the tables.
  std::stable_sort(comparison.images.begin(), comparison.images.end(),
                   [](const ReportImage& a, const ReportImage& b) { return a.label < b.label; });
  share_originals(comparison.images);
}

}  // namespace rraebench
