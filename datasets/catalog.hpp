#pragma once
// Implements: what data sources there are, as a table that needs no LibTorch; load.hpp loads what is listed
// here.

#include "rraebench/options.hpp"

#include <map>
#include <string>
#include <vector>

namespace rraebench {

struct DatasetDescription {
  const char* name;     // "mnist".
  const char* summary;  // One line.
  const char* shape;    // For people: "1 x 28 x 28", "200".
  const char* counts;   // For people: "60000 train, 10000 test".
  const char* citation;
  const char* licence;
  const char* folder;              // Sub-folder of --data-dir; empty for embedded (generated) data.
  std::vector<std::string> files;  // In that folder; a name stands for itself or itself plus ".gz".
  std::vector<OptionRule> options;
};

const std::vector<DatasetDescription>& dataset_catalog();

/// Throws OptionError naming the nearest data set.
const DatasetDescription& dataset_description(const std::string& name);

}  // namespace rraebench
