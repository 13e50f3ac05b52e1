#pragma once
// Implements: what a run leaves beside its figures, written into a folder of its own and reported.

#include "datasets/sha256.hpp"
#include "host/common/durable_file.hpp"
#include "host/worker/checked_model.hpp"
#include "reports/store/run_record.hpp"

#include <nlohmann/json_fwd.hpp>
#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rraebench {

/// A file that is there as a whole or not at all, hashed and counted as it is written.
class ArtefactFile {
 public:
  /// Named in `folder` after what `record` says.
  ArtefactFile(const std::filesystem::path& folder, ArtefactRecord record, const std::string& extension);

  /// Throws InfrastructureError where they cannot be written.
  void append(std::string_view bytes);

  const std::string& name() const { return record_.path; }

  /// After the last byte: what there is now.
  ArtefactRecord finish();

 private:
  ArtefactRecord record_;
  DurableFile file_;
  Sha256 hash_;
};

/// An array that is written as it comes, rows of samples at a time, as a .npy file that is there as a whole
/// or not at all.
class ArrayFile {
 public:
  /// Rows will come of `shape`, the number of all rows first.
  ArrayFile(const std::filesystem::path& folder, ArtefactRecord record, std::vector<std::int64_t> shape);

  /// n x the rest of the shape. All rows are of the type of the first, float32 or float64. Throws
  /// InfrastructureError where they cannot be written.
  void append(const torch::Tensor& rows);

  /// After the last row: what there is now.
  ArtefactRecord finish();

 private:
  std::vector<std::int64_t> shape_;
  ArtefactFile file_;
  std::int64_t rows_ = 0;
  torch::ScalarType type_ = torch::kFloat32;
};

/// Writes what is wanted of a run and reports each file once it is whole.
class Artefacts {
 public:
  /// Nothing is wanted.
  Artefacts() = default;
  /// `folder` must exist where something is wanted; `emit` is given the events.
  Artefacts(std::vector<std::string> wanted, std::filesystem::path folder,
            std::function<void(const nlohmann::json& event)> emit);

  bool wants(const std::string& what) const;

  /// Null where `what` is not wanted.
  std::unique_ptr<ArrayFile> begin(const std::string& what, const std::string& variant,
                                   const std::string& split, std::vector<std::int64_t> shape) const;
  /// Does nothing for null.
  void finish(std::unique_ptr<ArrayFile> file) const;

  /// The whole array at once.
  void keep(const std::string& what, const std::string& variant, const std::string& split,
            const torch::Tensor& values) const;

  /// Parameters and buffers by the names that the model gave them, as weights.safetensors.
  void keep_weights(const Model& model) const;

 private:
  std::vector<std::string> wanted_;
  std::filesystem::path folder_;
  std::function<void(const nlohmann::json& event)> emit_;
};

}  // namespace rraebench
