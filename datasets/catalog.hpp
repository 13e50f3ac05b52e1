#pragma once
// Implements: what data sources there are, as a table that needs no LibTorch.

#include "datasets/source.hpp"

#include <map>
#include <string>
#include <vector>

namespace rraebench {

const std::vector<DataSource>& data_sources();

/// Throws OptionError naming the nearest data set.
const DataSource& data_source(const std::string& name);

const DatasetDescription& dataset_description(const std::string& name);

/// A data set as a suite names it, taken apart.
struct DatasetChoice {
  std::string name;
  std::map<std::string, std::string> options;
};

/// "mnist" stays as it is; "images:FOLDER" becomes "images" with an option more. Throws OptionError for an
/// unknown name, too many arguments, or an option given twice.
DatasetChoice choose_dataset(const std::string& text, const std::map<std::string, std::string>& options);

}  // namespace rraebench
