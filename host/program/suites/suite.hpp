#pragma once
// Implements: a suite: comparisons of models as data.

#include "host/common/cell.hpp"
#include "reports/store/run_record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Where a suite's keys stand, as errors that show only later begin: "file:line: [where] 'key': ". Of a key
/// that has no place of its own, that of the whole.
class Places {
 public:
  void set(const std::string& key, const std::string& place) { places_[key] = place; }
  std::string of(const std::string& key) const {
    const auto found = places_.find(key);
    return found == places_.end() ? of_whole() : found->second;
  }
  bool has(const std::string& key) const { return places_.count(key) > 0; }

 private:
  std::string of_whole() const {
    const auto whole = places_.find("");
    return whole == places_.end() ? "" : whole->second;
  }
  std::map<std::string, std::string> places_;
};

struct SuiteModel {
  std::string plugin;
  std::string label;
  std::string own_label;  // Without what a sweep has added: "VAE" of "VAE beta=0.001".
  OptionValues options;
  Places places;  // "plugin", and the names of options that are given.
};

/// Models that share data, networks, budget and measurements.
struct SuiteComparison {
  std::string name;
  std::string own_name;  // Likewise.
  std::string dataset;
  OptionValues dataset_options;
  std::string network_family;
  OptionValues network_options;
  TrainingPlan training;
  std::string extractor;
  std::string reference_split = "test";
  FeaturePlan features;
  std::optional<InterpolationPlan> interpolation;
  std::optional<GenerationPlan> generation;
  std::vector<SuiteModel> models;
  std::vector<PublishedRecord> published;
  std::vector<std::int64_t> seeds;  // The suite's, unless the comparison names its own.
  std::vector<std::string> keep;    // Likewise: what each run leaves beside its figures (artefact_kinds()).
  Places places;  // The comparison's keys, those of its data and network ("dataset.size"), and "batch_size",
                  // "stages", "samplers" and the like of its tables.
};

struct Suite {
  std::string name;  // The file's stem.
  std::string file;  // Absolute, without links.
  std::string description;
  double time_limit_minutes = 0.0;  // A run; 0: none.
  std::vector<SuiteComparison> comparisons;
  std::vector<ClaimRecord> claims;
};

/// What a label or a comparison's name ends in where it is of one value of an option; reports find sweeps by
/// it.
inline std::string option_suffix(const std::string& option, const std::string& value) {
  return " " + option + "=" + value;
}

}  // namespace rraebench
