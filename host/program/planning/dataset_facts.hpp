#pragma once
// Implements: what is known of data sets before anything runs: the worker reads them and answers.

#include "host/common/cell.hpp"
#include "host/common/events.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace rraebench {

struct DatasetFacts {
  std::string fingerprint;
  std::vector<std::int64_t> sample_shape;             // {T} or {C, H, W}.
  std::map<std::string, std::int64_t> sample_counts;  // "train", "validation", "test".
  std::pair<double, double> normalised_range;         // Of the training samples as models see them.
  bool has_labels = false;
  bool has_grid = false;  // Training parameters on a full grid, and parameters of the test samples.
  std::map<std::string, std::string> network_faults;  // By family: why it does not fit the samples.
  std::vector<std::string> notes;                     // What a user must know of the data: a sentence each.
};

struct DatasetQuestion {
  std::string name;
  OptionValues options;
  std::string network_family;  // Built once, to see whether it fits the samples.
  std::string suite_folder;    // From which paths among the options lead first; empty: none.
};

struct InspectedData {
  std::map<std::tuple<std::string, OptionValues, std::string>, DatasetFacts> facts;  // By the questions.
  bool has_cuda = false;  // Whether this LibTorch can use a GPU.

  const DatasetFacts& of(const RunSpec& spec, const std::string& suite_folder) const {
    return facts.at({spec.dataset, spec.dataset_options, suite_folder});
  }
};

/// Throws UserError for data that are missing or broken.
InspectedData inspect_data(const std::vector<DatasetQuestion>& questions, const std::string& data_dir,
                           const std::string& cache_dir,
                           const std::function<void(const Progress&)>& progress);

}  // namespace rraebench
