#pragma once
// Implements: one run as data: what decides its result (RunSpec, hashed into the run's identity) and where it
// is carried out (Execution, not hashed). The program writes both as JSON; the worker reads them.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rraebench {

using OptionValues = std::map<std::string, std::string>;

/// Raised when the worker's protocols change what they measure, so that older results do not pass for new
/// ones.
constexpr int kProtocolVersion = 3;

struct TrainingStage {
  double learning_rate = 1e-3;
  std::int64_t steps = 0;   // Batches; or, where 0,
  std::int64_t epochs = 0;  // passes over the training split.
};

/// Steps of a stage of which a share of `scale` is run, at least one.
std::int64_t scaled_steps(const TrainingStage& stage, double scale, std::int64_t batches_per_epoch);

// What stands in a run's identity only where it is something else, so that the identities of runs from before
// there was a choice go on counting.
constexpr const char* kUsualPrecision = "float32";
constexpr const char* kUsualBelief = "current";
constexpr std::int64_t kUsualStagnantWindows = 1;

struct TrainingPlan {
  std::string optimiser = "adabelief";  // adabelief or adam.
  std::string belief =
      kUsualBelief;  // adabelief: gradients are compared with the "current" or "previous" mean.
  std::int64_t batch_size =
      64;  // All samples at once where there are fewer; a last partial batch is dropped.
  std::vector<TrainingStage> stages;
  std::vector<TrainingStage> fine_tuning;  // After finalise(), with what it fixed.
  // A stage ends early with the `stagnation_count`th window of `stagnation_window` steps whose mean loss is
  // not below that of the window before by at least a share of `stagnation_tolerance`. Window 0: never.
  std::int64_t stagnation_window = 0;
  double stagnation_tolerance = 0.0;
  std::int64_t stagnation_count = kUsualStagnantWindows;
  std::string precision = kUsualPrecision;  // Of encoder and decoder while they train (precision.hpp).
  double scale = 1.0;                       // Share of each stage's steps that is run, at least one.
};

/// How interpolation is measured.
struct InterpolationPlan {
  std::string kind;  // "grid": linear or bilinear in the training parameters; "pairs": between random images.
  std::int64_t pairs = 2000;  // Pairs of training images,
  std::int64_t steps = 5;     // and images between the two of each.
  std::int64_t sets = 1;      // How often pairs are drawn; figures are means over the sets.
};

struct GenerationPlan {
  std::int64_t count = 1000;
  std::vector<std::string> samplers;  // sampler.hpp has their names.
};

/// What is measured of the features of interpolated and generated samples.
struct FeaturePlan {
  std::vector<std::string> metrics = {"fid", "precision", "recall", "entropy", "path"};
  std::int64_t neighbours = 5;          // k of precision, recall, density and coverage.
  std::int64_t kid_subsets = 100;       // How often KID draws,
  std::int64_t kid_subset_size = 1000;  // and how many samples of either side.
  std::int64_t bootstrap = 0;           // Replicates behind confidence intervals; 0: none.
  std::string statistics;               // .npz file of the real side's mu and sigma; empty: the data set's.
  std::string statistics_sha256;        // Of that file, so that another one is another run.

  bool wants(const std::string& metric) const;
};

/// What FeaturePlan::metrics may name. "kid" and "inception_score" bring their deviations, "path" is
/// path_length and path_detour.
const std::vector<std::string>& feature_metric_names();

/// Whether `plan` measures by the neighbours of samples: precision, recall, density, coverage.
bool wants_neighbours(const FeaturePlan& plan);

/// Whether `plan` needs single samples' features of the real side, not their statistics alone.
bool needs_real_features(const FeaturePlan& plan);

/// Everything that decides the figures of one run.
struct RunSpec {
  std::string suite;
  std::string comparison;
  std::string label;
  std::string plugin;
  std::string plugin_version;
  std::string plugin_sha256;
  OptionValues options;
  OptionValues option_files_sha256;  // Of the files that options name, by option.
  std::string dataset;
  OptionValues dataset_options;
  std::string dataset_fingerprint;
  std::map<std::string, std::int64_t> sample_counts;  // "train", "validation", "test": samples in use.
  std::string network_family;
  OptionValues network_options;
  TrainingPlan training;
  std::string extractor;                 // "classifier", "pca:K", "torchscript:FILE", or empty: no FID.
  std::string extractor_sha256;          // Of a torchscript file, so that another file is another run.
  std::string reference_split = "test";  // Whose samples FID compares with.
  FeaturePlan features;
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
  std::string suite_dir;  // From which the paths of the spec lead first; empty: none.
  std::string cache_dir;
  std::string checkpoint_path;
  std::int64_t threads = 1;
  std::int64_t memory_bytes = 0;     // Limit of its private memory; 0: none.
  double checkpoint_seconds = 60.0;  // Between two checkpoints.
  std::vector<std::string> keep;     // What is written into artefact_dir: "weights", "samples", ...
  std::string artefact_dir;
};

nlohmann::json to_json(const RunSpec& spec);
nlohmann::json to_json(const Execution& execution);
/// Throw nlohmann::json::exception for a document that to_json did not write.
RunSpec run_spec_from_json(const nlohmann::json& document);
Execution execution_from_json(const nlohmann::json& document);

/// SHA-256 (hex) of the spec's canonical JSON.
std::string run_identity(const RunSpec& spec);

}  // namespace rraebench
