#pragma once
// Implements: one run as data: what decides its result (RunSpec, hashed into the run's identity) and where it
// is carried out (Execution, not hashed). The program writes both as JSON; the worker reads them.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rraebench {

using OptionValues = std::map<std::string, std::string>;

/// Raised when the worker's protocols change what they measure, so that older results do not pass for new
/// ones.
constexpr int kProtocolVersion = 1;

struct TrainingStage {
  double learning_rate = 1e-3;
  std::int64_t steps = 0;   // Batches; or, where 0,
  std::int64_t epochs = 0;  // passes over the training split.
};

struct TrainingPlan {
  std::string optimiser = "adabelief";  // adabelief or adam.
  std::int64_t batch_size =
      64;  // All samples at once where there are fewer; a last partial batch is dropped.
  std::vector<TrainingStage> stages;
  std::vector<TrainingStage> fine_tuning;  // After finalise(), with what it fixed.
  // A stage ends early when the mean loss of the last `stagnation_window` steps is not below that of the
  // window before by at least this share of it. 0: never.
  std::int64_t stagnation_window = 0;
  double stagnation_tolerance = 0.0;
  double scale = 1.0;  // Share of each stage's steps that is run, at least one.
};

/// How interpolation is measured.
struct InterpolationPlan {
  std::string kind;  // "grid": linear or bilinear in the training parameters; "pairs": between random images.
  std::int64_t pairs = 2000;  // Pairs of training images,
  std::int64_t steps = 5;     // and images between the two of each.
};

struct GenerationPlan {
  std::int64_t count = 1000;
  std::vector<std::string> samplers;  // "prior", "gaussian", "mixture:K".
};

/// Everything that decides the figures of one run.
struct RunSpec {
  std::string suite;
  std::string comparison;
  std::string label;
  std::string plugin;
  std::string plugin_version;
  std::string plugin_sha256;
  OptionValues options;
  std::string dataset;
  OptionValues dataset_options;
  std::string dataset_fingerprint;
  std::string network_family;
  OptionValues network_options;
  TrainingPlan training;
  std::string extractor;                 // "classifier", "pca:K", "torchscript:FILE", or empty: no FID.
  std::string extractor_sha256;          // Of a torchscript file, so that another file is another run.
  std::string reference_split = "test";  // Whose samples FID compares with.
  bool interpolates = false;
  InterpolationPlan interpolation;
  bool generates = false;
  GenerationPlan generation;
  std::int64_t seed = 0;
  std::string device = "cpu";  // "cpu" or "cuda".
};

/// Where and how a run is carried out; decides nothing but its time.
struct Execution {
  std::string plugin_path;
  std::string data_dir;
  std::string cache_dir;
  std::string checkpoint_path;
  std::int64_t threads = 1;
};

nlohmann::json to_json(const RunSpec& spec);
nlohmann::json to_json(const Execution& execution);
/// Throw nlohmann::json::exception for a document that to_json did not write.
RunSpec run_spec_from_json(const nlohmann::json& document);
Execution execution_from_json(const nlohmann::json& document);

/// SHA-256 (hex) of the spec's canonical JSON.
std::string run_identity(const RunSpec& spec);

}  // namespace rraebench
