#pragma once
// Implements: what the worker reports, one JSON object a line, and how the program gathers it into a
// RunRecord.
//
//   {"event": "metric" | "curve" | "spectrum" | "image" | "artefact" | "environment" | "summary", ...the
//   record's fields}
//   {"event": "progress", "stage": "train", "step": 10, "steps": 6000, "loss": 4.2, "samples_per_second":
//   9000}
//   {"event": "progress", ..., "waiting": "waiting for FILE, which process 12 holds"}   shown at once
//   {"event": "warning", "text": "..."}   a note of the run: stored with it, shown in reports
//   {"event": "failed", "status": "diverged", "message": "...", "fault": "model"}
//   {"event": "finished"}

#include "reports/store/run_record.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace rraebench {

struct Progress {
  std::string stage;  // "load", "train", "finalise", "reconstruct", ...
  std::int64_t step = 0;
  std::int64_t steps = 0;  // 0: unknown.
  double loss = 0.0;
  double samples_per_second = 0.0;
  std::string waiting = {};  // What for, where another process has what is needed; a line of its own.
};

struct TrainingSummary {
  double train_seconds = 0.0;
  std::int64_t train_steps = 0;
  double samples_per_second = 0.0;
  std::int64_t parameter_count = 0;
};

nlohmann::json event_of(const MetricRecord& metric);
nlohmann::json event_of(const CurvePoint& point);
nlohmann::json event_of(const SpectrumRecord& spectrum);
nlohmann::json event_of(const ImageRecord& image);
/// Its path: the file's name in the folder that the worker was given.
nlohmann::json event_of(const ArtefactRecord& artefact);
nlohmann::json event_of(const EnvironmentRecord& environment);
nlohmann::json event_of(const TrainingSummary& summary);
nlohmann::json event_of(const Progress& progress);

/// Takes each text of what is waited for and emits it, to be shown at once and to be no note of the run.
std::function<void(const std::string& text)> waiting_events(
    std::function<void(const nlohmann::json& event)> emit);

nlohmann::json warning_event(const std::string& text);
nlohmann::json failure_event(RunStatus status, const std::string& message, Fault fault = Fault::kModel);
nlohmann::json finished_event();

/// Adds a record event to `run`; "failed" sets status, message and fault, "finished" sets the status to ok, a
/// warning is a note, once. Ignores progress. Throws std::exception types for a malformed event.
void apply_event(const nlohmann::json& event, RunRecord& run);

Progress progress_from_event(const nlohmann::json& event);

}  // namespace rraebench
