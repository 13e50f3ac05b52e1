#pragma once
// Implements: the charts and pictures of a comparison with titles, notes and keys, for every format that
// shows them.

#include "reports/analysis/comparison.hpp"
#include "reports/render/chart.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rraebench {

struct KeyEntry {
  std::string name;
  std::size_t style = 0;
};

struct TitledChart {
  std::string title;
  std::string note;
  Chart chart;
  std::vector<KeyEntry> key;
};

/// What sweeps are drawn for: how well a model reconstructs, between its training samples, too, and how much
/// of its latent it uses.
bool is_swept_figure(const MetricColumn& column);

/// "Active units", "Interpolation: relative error"
std::string swept_title(const MetricColumn& column);

/// Training, singular spectrum, quality against cost, sweeps: those that the comparison has figures for.
std::vector<TitledChart> comparison_charts(const Comparison& comparison);

/// One model's bars, of its first seed.
struct BarChart {
  std::size_t label = 0;  // Index into Comparison::labels.
  std::int64_t seed = 0;
  Chart chart;
};

/// Bars of one kind, a chart a model.
struct BarGroup {
  std::string title;
  std::string note;
  std::vector<BarChart> bars;
};

std::vector<BarGroup> bar_groups(const Comparison& comparison);

/// "Generation: samples (gaussian)"
std::string picture_title(const ImageRecord& image);

/// Pictures of one title, which belong side by side; below originals, where there are any, that they are to
/// be compared with place by place. Of the comparison's images.
struct PictureGroup {
  std::string title;
  std::vector<const ReportImage*> originals;
  std::vector<const ReportImage*> estimates;
};

std::vector<PictureGroup> picture_groups(const Comparison& comparison);

}  // namespace rraebench
