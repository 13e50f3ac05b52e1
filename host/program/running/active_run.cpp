#include "host/program/running/active_run.hpp"

#include "host/common/elapsed.hpp"
#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/quantities.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/processes/limited_json.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <system_error>

namespace rraebench {
namespace {

constexpr std::size_t kStderrTail = 4096;
constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // A longer event is no event,
constexpr std::size_t kMostBytes = std::size_t{1} << 30;     // and more of them are none either.
// From the wish to stop to the kill: a checkpoint is written.
constexpr std::chrono::milliseconds kGrace{10'000};
constexpr std::chrono::milliseconds kGraceOfExit{10'000};  // From its last event to its end.
constexpr std::chrono::seconds kFirstNotice{60};
constexpr std::size_t kLongestStage = 60;
constexpr std::size_t kLongestQuote = 60;
constexpr std::size_t kLongestWords = 200;

std::string title_of(const RunSpec& spec) {
  return fmt::format("{} · {} · seed {}", spec.comparison, spec.label, spec.seed);
}

RunRecord record_of(const PlannedRun& run) {
  RunRecord record;
  record.identity = run.identity;
  record.suite = run.spec.suite;
  record.comparison = run.spec.comparison;
  record.model = run.spec.plugin;
  record.label = run.spec.label;
  record.dataset = run.spec.dataset;
  record.seed = run.spec.seed;
  record.plugin_version = run.spec.plugin_version;
  record.plugin_sha256 = run.spec.plugin_sha256;
  record.dataset_fingerprint = run.spec.dataset_fingerprint;
  record.spec_json = to_json(run.spec).dump();
  record.keep = run.keep;
  record.started_at = utc_now();
  return record;
}

/// The shorter of the two limits, of which either may be missing.
double shorter(double one, double other) {
  if (one <= 0.0 || other <= 0.0) return std::max(one, other);
  return std::min(one, other);
}

std::filesystem::path prepare_checkpoint(const std::filesystem::path& folder, const std::string& identity) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw InfrastructureError(folder.string() + ": cannot be made: " + error.message());
  return folder / (identity + ".pt");
}

std::string request_document(const PlannedRun& run, const ExecutionRequest& request,
                             const std::filesystem::path& checkpoint,
                             const std::optional<ArtefactFolder>& artefacts) {
  Execution execution;
  execution.plugin_path = run.plugin.string();
  execution.data_dir = request.data_dir;
  execution.suite_dir = run.suite_folder;
  execution.cache_dir = request.cache_folder.string();
  execution.checkpoint_path = checkpoint.string();
  execution.checkpoint_seconds = request.checkpoint_seconds;
  execution.threads = request.threads;
  execution.memory_bytes = request.memory_limit_bytes;
  if (artefacts) {
    execution.keep = run.keep;
    execution.artefact_dir = artefacts->unfinished().string();
  }
  nlohmann::json document = {{"spec", to_json(run.spec)}, {"execution", to_json(execution)}};
  if (run.weights)
    document["weights"] = {{"file", run.weights->file.string()}, {"sha256", run.weights->sha256}};
  return document.dump();
}

std::optional<ArtefactFolder> prepare_artefacts(const std::filesystem::path& folder, const PlannedRun& run) {
  if (run.keep.empty()) return std::nullopt;
  return std::make_optional<ArtefactFolder>(folder, run.identity);
}

}  // namespace

ActiveRun::ActiveRun(const PlannedRun& run, const ExecutionRequest& request, ProgressDisplay& display,
                     std::set<std::string>& notes)
    : run_(run),
      display_(display),
      notes_(notes),
      record_(record_of(run)),
      checkpoint_(prepare_checkpoint(request.checkpoint_folder, run.identity)),
      artefacts_(prepare_artefacts(request.artefact_folder, run)),
      memory_kills_before_(kernel_memory_kills()),
      worker_(worker_path(), {"run"}, request_document(run, request, checkpoint_, artefacts_)),
      started_(Clock::now()),
      last_event_(started_),
      next_notice_(kFirstNotice) {
  end_.time_limit_seconds = shorter(run.time_limit_seconds, request.time_limit_seconds);
  end_.memory_limit_bytes = request.memory_limit_bytes;
  display_.started(run.identity, title_of(run.spec));
}

std::optional<RunRecord> ActiveRun::advance() {
  // Before what it wrote is read: after its end nothing comes that is not there now.
  const auto exit = worker_.end();
  for (int piece = 0; take_pieces() && exit && piece < kPiecesOfAFullPipe; ++piece) {
  }
  if (exit) return finish(*exit);
  watch();
  return std::nullopt;
}

bool ActiveRun::take_pieces() {
  const auto output = worker_.read_output();
  const auto errors = worker_.read_errors();
  record_.stderr_tail += errors;
  if (record_.stderr_tail.size() > kStderrTail)
    record_.stderr_tail.erase(0, record_.stderr_tail.size() - kStderrTail);
  // From one that writes what is no event nothing more is taken.
  if (end_.no_event.empty()) {
    taken_bytes_ += output.size();
    lines_.add(output, [this](std::string_view line) { take_event(line); });
    if (lines_.unfinished_size() > kLongestLine) refuse("a line without end where an event was due");
    if (taken_bytes_ > kMostBytes) refuse("more events than can be kept");
  }
  return !output.empty() || !errors.empty();
}

void ActiveRun::take_event(std::string_view line) {
  if (!end_.no_event.empty()) return;
  try {
    apply(parse_limited_json(line));
  } catch (const nlohmann::json::exception&) {
    refuse("a line that is no event: '" + printable(line, kLongestQuote) + "'");
  } catch (const std::exception& error) {
    refuse(std::string("what is no event: ") + error.what());
  }
}

void ActiveRun::apply(const nlohmann::json& event) {
  const auto kind = event.at("event").get<std::string>();
  last_event_ = Clock::now();
  next_notice_ = kFirstNotice;
  if (kind == "progress") {
    auto progress = progress_from_event(event);
    if (!progress.waiting.empty()) display_.note(title_of(run_.spec) + ": " + printable(progress.waiting));
    stage_ = progress.stage = printable(progress.stage, kLongestStage);
    display_.progressed(run_.identity, progress);
    return;
  }
  apply_event(event, record_);
  end_.reported = end_.reported || kind == "failed" || kind == "finished";
  if (kind != "warning") return;
  const auto text = printable(event.at("text").get<std::string>());
  if (notes_.insert(text).second) display_.note("warning: " + text);
}

/// Figures from such a source mean nothing: it is ended.
void ActiveRun::refuse(const std::string& what) {
  end_.no_event = "it wrote " + what;
  stop(StopReason::kNoEvents);
  worker_.kill();
}

void ActiveRun::stop(StopReason reason) {
  if (end_.stopped != StopReason::kNone) return;
  end_.stopped = reason;
  worker_.ask_to_stop(kGrace);
}

void ActiveRun::watch() {
  const double limit = end_.time_limit_seconds;
  if (end_.reported) {
    if (Clock::now() - last_event_ > kGraceOfExit) worker_.kill();
  } else if (stop_requested()) {
    stop(StopReason::kRequest);
  } else if (limit > 0 && seconds_since(started_) > limit) {
    stop(StopReason::kTimeLimit);
  } else {
    note_silence();
  }
  worker_.enforce_grace();
}

void ActiveRun::note_silence() {
  const auto silence = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - last_event_);
  if (silence < next_notice_) return;
  const auto words = printable(last_line(record_.stderr_tail, ""), kLongestWords);
  display_.note(fmt::format("{}: no progress for {} ({}){}", title_of(run_.spec),
                            duration_text(static_cast<double>(silence.count())), stage_,
                            words.empty() ? "" : "; it last said: " + words));
  next_notice_ *= 2;
}

RunRecord ActiveRun::finish(const WorkerExit& exit) {
  end_.exit = exit;
  const auto memory_kills = kernel_memory_kills();
  if (memory_kills && memory_kills_before_) end_.kernel_out_of_memory = *memory_kills > *memory_kills_before_;
  record_.exit_code = exit.exit_code;
  record_.signal = exit.signal;
  record_.peak_memory_bytes = exit.peak_memory_bytes;
  record_.wall_seconds = seconds_since(started_);
  record_.finished_at = utc_now();
  std::error_code ignored;
  end_.has_checkpoint = std::filesystem::exists(checkpoint_, ignored);
  judge_end(end_, record_);
  if (artefacts_) artefacts_->finish(record_);
  return record_;
}

void ActiveRun::settle(const RunRecord& record) {
  if (artefacts_) artefacts_->settle();
  std::error_code ignored;
  std::filesystem::remove(checkpoint_.string() + ".part", ignored);
  if (!goes_on_from_checkpoint(record)) std::filesystem::remove(checkpoint_, ignored);
}

}  // namespace rraebench
