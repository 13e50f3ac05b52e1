#pragma once
// Implements: the plain record of one run, from which everything is stored and reported.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// How a run ended. Stored as its name: ok, diverged, oom, timeout, crash, error, skipped, interrupted.
enum class RunStatus { kOk, kDiverged, kOutOfMemory, kTimeout, kCrash, kError, kSkipped, kInterrupted };

/// Whose fault a run's failure is. Stored as its name: model, infrastructure. A fault of the infrastructure
/// (a full disk, a cache that cannot be written) says nothing of the model: the same command tries the run
/// again.
enum class Fault { kModel, kInfrastructure };

const char* fault_name(Fault fault);
/// Throws std::invalid_argument for a name that is none of the above.
Fault parse_fault(const std::string& name);

const char* run_status_name(RunStatus status);
/// Throws std::invalid_argument for a name that is none of the above.
RunStatus parse_run_status(const std::string& name);

/// One measured figure. Figures are comparable, and may share a column, only when all of protocol, name,
/// variant, split, extractor, extractor_sha256, reference_count and sample_count agree.
struct MetricRecord {
  std::string protocol;          // "reconstruct", "interpolate", "generate", "collapse", "rank", "train".
  std::string name;              // "relative_error", "fid", "active_units", ...
  std::string variant;           // Sampler of a generation ("prior", "gaussian", "mixture10"), else empty.
  std::string split;             // "train", "test" or empty.
  double value = 0.0;            // May be NaN; stored as NULL.
  std::string unit;              // "%", "nats", "" ...
  std::string better;            // "lower", "higher" or "" (neither).
  std::string extractor;         // Feature extractor of FID and the like: "classifier", "pca:16", else empty.
  std::string extractor_sha256;  // Of the extractor's weights, else empty.
  std::int64_t reference_count = 0;  // Real samples behind the figure, 0 where that means nothing.
  std::int64_t sample_count = 0;     // Reconstructed, interpolated or generated samples, likewise.
};

/// A point of a training curve: "loss", or a part of it ("reconstruction", "kl"), a mean over the steps since
/// the point before. A loss of one part has no series of that part.
struct CurvePoint {
  std::string series;
  std::int64_t step = 0;
  double value = 0.0;
};

/// Per-dimension figures in order: "singular_values" (descending), "kl_per_dimension",
/// "coefficient_variance".
struct SpectrumRecord {
  std::string name;
  std::vector<double> values;
};

constexpr const char* kPngPicture = "png";
constexpr const char* kCurvesPicture = "curves";

/// Name of the picture of what others of its protocol and variant show estimates of, place by place.
constexpr const char* kOriginals = "originals";

/// A picture for the report.
struct ImageRecord {
  std::string protocol;  // "reconstruct", "interpolate", "generate".
  std::string name;      // "samples", "strips", "reconstructions", kOriginals.
  std::string variant;   // As in MetricRecord.
  std::string caption;   // One line for people.
  int width = 0;         // Pixels, or panels of curves.
  int height = 0;
  std::string content;  // Bytes of a PNG file, or curves as JSON (schema.cpp).
  std::string format = kPngPicture;
};

/// A file that a run left.
struct ArtefactRecord {
  std::string what;     // "weights", "samples", "coefficients", "reconstructions".
  std::string variant;  // Sampler of samples ("prior", "gaussian", "mixture:10"), else empty.
  std::string split;    // "train", "test" or empty.
  std::string path;     // From the folder of the database.
  std::string sha256;
  std::vector<std::int64_t> shape;  // Samples first; empty for weights.
  std::int64_t bytes = 0;
};

/// Where a run happened. Equal environments are stored once.
struct EnvironmentRecord {
  std::string program_version;
  std::string libtorch_version;
  std::string compiler;
  std::string blas;
  std::string operating_system;
  std::string cpu;
  std::int64_t cores = 0;
  std::int64_t memory_bytes = 0;
  std::string device;  // "cpu", "cuda:0 (NVIDIA ...)".
  std::int64_t threads = 0;
};

/// RunRecord::model of samples that no plugin made.
constexpr const char* kExternalModel = "external";

struct RunRecord {
  std::string identity;  // SHA-256 (hex) of everything that decides the result.
  std::int64_t attempt = 1;
  std::string suite;
  std::string comparison;  // The suite's entry: models of one comparison share data, networks and budget.
  std::string model;       // Plugin name.
  std::string label;       // What the report calls it: "VAE", "RRAE strong (k=5)".
  std::string dataset;
  std::int64_t seed = 0;
  RunStatus status = RunStatus::kError;
  Fault fault = Fault::kModel;  // Of a run that failed.
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string message;      // One line on why the run is not ok.
  std::string stderr_tail;  // Last lines the run wrote.
  std::string started_at;   // UTC, ISO 8601.
  std::string finished_at;
  double wall_seconds = 0.0;
  double train_seconds = 0.0;
  std::int64_t train_steps = 0;
  double samples_per_second = 0.0;
  std::int64_t parameter_count = 0;
  std::int64_t peak_memory_bytes = 0;
  std::string plugin_version;
  std::string plugin_sha256;
  std::string dataset_fingerprint;
  std::string spec_json;  // The resolved cell, canonical JSON; `identity` is its hash.
  std::string command;    // That it was part of, as given; empty where that is not known.
  std::string folder;     // In which that was given.
  std::int64_t jobs = 0;  // Runs at a time; 0 where that is not known.
  EnvironmentRecord environment;
  std::vector<MetricRecord> metrics;
  std::vector<CurvePoint> curve;
  std::vector<SpectrumRecord> spectra;
  std::vector<ImageRecord> images;
  std::vector<std::string> notes;  // What makes a figure less than it looks, a sentence each.
  std::vector<std::string> keep;   // What it was asked to leave: kinds of artefacts.
  std::vector<ArtefactRecord> artefacts;
};

/// What a plugin says of itself.
struct PluginRecord {
  std::string sha256;  // Of its file.
  std::string name;
  std::string version;
  std::string summary;
  std::string citation;
};

/// What a suite says that its figures show.
struct ClaimRecord {
  std::string comparison;  // As in RunRecord, of the suite that states it.
  std::string text;        // A sentence.
  std::string kind;        // "better", "at_most", "at_least", "within".
  std::string label;       // Whose figure it is.
  std::string than;        // Of "better": the other label.
  std::string protocol;    // As in MetricRecord, like the next three.
  std::string name;
  std::string variant;
  std::string split;
  std::optional<double> value;      // Bound, or what the figure lies within `tolerance` of.
  std::optional<double> tolerance;  // Of "within".
  std::string source;
  // Of "better" over sweeps: what is equal, as protocol/metric; the labels are then without the swept value.
  std::string at_equal = {};
};

/// Protocol and name of "generate/fid"; without a slash all of it is the name.
std::pair<std::string, std::string> figure_parts(const std::string& figure);

/// A figure that a paper prints, for the report to put beside ours.
struct PublishedRecord {
  std::string comparison;  // As in RunRecord, of the suite that they belong to.
  std::string label;       // As in RunRecord.
  std::string protocol;
  std::string name;
  std::string variant;
  std::string split;
  double value = 0.0;
  std::optional<double> deviation;  // Standard deviation where the paper gives one.
  std::string source;               // "arXiv 2405.13980v1, table 1".
};

}  // namespace rraebench
