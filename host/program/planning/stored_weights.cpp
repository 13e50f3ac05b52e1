#include "host/program/planning/stored_weights.hpp"

#include "host/common/artefact_kinds.hpp"
#include "host/common/spec_document.hpp"
#include "reports/store/rows.hpp"

#include <nlohmann/json.hpp>

namespace rraebench {
namespace {

/// What decides the weights: all but where the run stands in a suite and what is measured of it.
std::string training_of(nlohmann::json spec) {
  for (const char* field :
       {"protocol_version", "suite", "comparison", "label", "extractor", "extractor_sha256",
        "reference_split", "features", "interpolates", "interpolation", "generates", "generation"})
    spec.erase(field);
  return without_places(std::move(spec)).dump();
}

}  // namespace

WeightsIndex::WeightsIndex(const ResultsDatabase& database) {
  const auto folder = std::filesystem::absolute(database.path()).parent_path();
  for_each_row(
      database,
      "SELECT run.id, spec_json, path, sha256 FROM artefact JOIN run ON run.id = run_id "
      "WHERE what = ? AND status = 'ok' ORDER BY run.id",
      [&](Row& row) {
        StoredWeights weights;
        std::string spec_json;
        std::string path;
        row.into(weights.run_id, spec_json, path, weights.sha256);
        weights.file = folder / path;
        const auto spec = nlohmann::json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
        std::error_code ignored;
        if (spec.is_object() && std::filesystem::exists(weights.file, ignored))
          weights_[training_of(spec)] = weights;
      },
      kWeights);
}

std::optional<StoredWeights> WeightsIndex::find(const RunSpec& spec) const {
  return find_training(training_of(to_json(spec)));
}

std::optional<StoredWeights> WeightsIndex::find(const std::string& spec_json) const {
  auto spec = nlohmann::json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  return spec.is_object() ? find_training(training_of(std::move(spec))) : std::nullopt;
}

std::optional<StoredWeights> WeightsIndex::find_training(const std::string& training) const {
  const auto found = weights_.find(training);
  return found == weights_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace rraebench
