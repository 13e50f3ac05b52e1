#include "reports/analysis/comparison_notes.hpp"

#include "reports/analysis/run_notes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace rraebench {
namespace {

void note_versions(Comparison& comparison, const std::vector<LabelledRun>& ok_runs) {
  std::set<std::string> data;
  std::vector<std::set<std::string>> builds(comparison.labels.size());
  for (const auto& [label, run] : ok_runs) {
    data.insert(run->dataset_fingerprint);
    builds[label].insert(run->plugin_sha256);
  }
  if (data.size() > 1)
    comparison.notes.push_back(fmt::format(
        "The runs saw {} different versions of the data {}; run the suite again to compare on one.",
        data.size(), comparison.dataset));
  for (std::size_t label = 0; label < builds.size(); ++label)
    if (builds[label].size() > 1)
      comparison.notes.push_back(fmt::format(
          "The runs of {} come from {} different builds of its plugin; run the suite again to use one.",
          comparison.labels[label].label, builds[label].size()));
}

void note_what_runs_said(Comparison& comparison, const std::vector<LabelledRun>& ok_runs,
                         const std::vector<NoteRow>& notes) {
  std::vector<RunNote> said;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label)
    for (const auto& [own, run] : ok_runs) {
      if (own != label) continue;
      for (const auto& note : notes)
        if (note.run_id == run->id) said.push_back({comparison.labels[label].label, run->seed, note.text});
    }
  for (auto& sentence : join_run_notes(said)) comparison.notes.push_back(std::move(sentence));
}

void note_uncounted(Comparison& comparison, const std::vector<UncountedRun>& uncounted) {
  std::vector<std::string> labels;
  std::map<std::string, std::vector<std::int64_t>> seeds;
  std::int64_t example = 0;
  for (const auto& run : uncounted) {
    if (!stands_at(comparison, run.place)) continue;
    auto& of_label = seeds[run.place.label];
    if (of_label.empty()) labels.push_back(run.place.label);
    of_label.push_back(run.seed);
    example = run.id;
  }
  if (labels.empty()) return;
  std::vector<std::string> parts;
  for (const auto& label : labels)
    parts.push_back(fmt::format("{}, seed{} {}", label, seeds[label].size() == 1 ? "" : "s",
                                fmt::join(seeds[label], ", ")));
  comparison.notes.push_back(fmt::format(
      "In no figure, since other settings were asked for last: {} (rraebench explain {} names the settings).",
      fmt::join(parts, "; "), example));
}

std::string how_to_share(const std::string& extractor) {
  const auto kind = extractor.substr(0, extractor.find(':'));
  if (kind == "torchscript") return {};
  return fmt::format("every machine makes its own: copy one's {}-*.pt into the cache folders of all and ",
                     kind);
}

/// Figures of two instruments look alike and cannot be compared.
void note_instruments(Comparison& comparison) {
  std::map<std::string, std::vector<std::string>> builds;
  for (const auto& table : comparison.tables)
    for (const auto& column : table.columns)
      if (!column.extractor.empty()) {
        auto& hashes = builds[column.extractor];
        const auto hash = column.extractor_sha256.substr(0, 8);
        if (std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) hashes.push_back(hash);
      }
  for (const auto& [extractor, hashes] : builds) {
    if (hashes.size() < 2) continue;
    comparison.notes.push_back(fmt::format(
        "Features were measured with {} different instruments of one name, {} ({}): their figures stand in "
        "columns of their own and cannot be compared; {}run with --force to measure all with one.",
        hashes.size(), extractor, fmt::join(hashes, ", "), how_to_share(extractor)));
  }
}

void note_trivial_figures(Comparison& comparison) {
  std::vector<std::string> labels;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label)
    if (comparison.labels[label].collapsed) labels.push_back(comparison.labels[label].label);
  if (labels.empty()) return;
  comparison.notes.push_back(fmt::format(
      "{} {} collapsed, no unit is active: path length, precision and variance of the latent come "
      "to {} for nothing and are not marked.",
      fmt::join(labels, ", "), labels.size() == 1 ? "has" : "have", labels.size() == 1 ? "it" : "them"));
}

}  // namespace

void add_notes(Comparison& comparison, const std::vector<LabelledRun>& ok_runs, const ReportRows& rows) {
  note_versions(comparison, ok_runs);
  note_uncounted(comparison, rows.uncounted);
  note_instruments(comparison);
  note_trivial_figures(comparison);
  note_what_runs_said(comparison, ok_runs, rows.notes);
}

}  // namespace rraebench
