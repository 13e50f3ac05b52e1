#include "host/worker/inspect_data.hpp"

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "host/common/cell.hpp"
#include "host/worker/torch_errors.hpp"
#include "rraebench/networks.hpp"

#include <nlohmann/json.hpp>
#include <torch/cuda.h>

#include <string>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

/// Why the network families do not fit the samples; those that do are left out.
nlohmann::json network_faults(const std::vector<std::string>& families, const Dataset& dataset) {
  auto faults = nlohmann::json::object();
  for (const auto& family : families) {
    try {
      const auto architecture = make_architecture(family, {});
      make_encoder(architecture, dataset.sample_shape, 1);
      make_decoder(architecture, dataset.sample_shape, 1);
    } catch (const std::exception& error) {
      faults[family] = sentence_of(error);
    }
  }
  return faults;
}

/// Least and largest value of the training samples as models see them.
std::pair<double, double> normalised_range(const Dataset& dataset) {
  const auto normalised = [&](double value) {
    return (value - dataset.normalisation.offset) / dataset.normalisation.scale;
  };
  return {normalised(dataset.value_minimum), normalised(dataset.value_maximum)};
}

}  // namespace

nlohmann::json inspect_datasets(const nlohmann::json& request, const StageProgress& progress,
                                const std::function<void(const std::string& text)>& waiting) {
  nlohmann::json facts = nlohmann::json::array();
  for (const auto& wanted : request.at("datasets")) {
    const auto name = wanted.at("name").get<std::string>();
    const Options options(dataset_description(name).options, wanted.at("options").get<OptionValues>());
    const DataFolders folders{
        request.at("data_dir").get<std::string>(),
        request.at("cache_dir").get<std::string>(),
        {[&](std::int64_t done, std::int64_t total) { progress("decode " + name, done, total); }, waiting},
        wanted.value("suite_dir", "")};
    const auto dataset = load_dataset(name, options, folders);
    facts.push_back(
        {{"name", name},
         {"fingerprint", dataset.fingerprint},
         {"sample_shape", dataset.sample_shape},
         {"sample_counts",
          {{"train", dataset.train.size()},
           {"validation", dataset.validation.size()},
           {"test", dataset.test.size()}}},
         {"normalised_range", normalised_range(dataset)},
         {"has_labels", dataset.train.labels.defined()},
         {"has_grid", !dataset.grid.empty() && dataset.test.parameters.defined()},
         {"network_faults", network_faults(wanted.at("networks").get<std::vector<std::string>>(), dataset)},
         {"notes", dataset.notes}});
  }
  return {{"datasets", facts}, {"cuda", torch::cuda::is_available()}};
}

}  // namespace rraebench
