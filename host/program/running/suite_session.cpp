#include "host/program/running/suite_session.hpp"

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/planning/estimates.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/planning/run_state.hpp"
#include "host/program/planning/stored_weights.hpp"
#include "host/program/running/artefact_folder.hpp"
#include "host/program/running/asking.hpp"
#include "host/program/running/database_claim.hpp"
#include "host/program/running/live_status_writer.hpp"
#include "host/program/running/lock_patience.hpp"
#include "host/program/running/plugin_trial.hpp"
#include "host/program/running/progress_display.hpp"
#include "reports/store/database.hpp"
#include "reports/store/real_file.hpp"
#include "reports/store/stored_run.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

/// What a kill left half written, and checkpoints of runs that are complete and not among those to do again.
void remove_what_nobody_takes_up(const fs::path& folder, const ResultsDatabase& database,
                                 const std::vector<PlannedRun>& to_do) {
  std::set<std::string> taken_up;
  for (const auto& run : to_do) taken_up.insert(run.identity);
  std::vector<fs::path> useless;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const auto& path = entry.path();
    const bool unfinished = path.extension() == ".part";
    const auto identity = path.extension() == ".pt" ? path.stem().string() : "";
    const auto stored =
        identity.empty() || taken_up.count(identity) > 0 ? std::nullopt : database.find_run(identity);
    if (unfinished || (stored && stored->status == RunStatus::kOk)) useless.push_back(path);
  }
  for (const auto& path : useless) fs::remove(path, ignored);
}

std::int64_t count_of(const std::vector<JudgedRun>& runs, RunState state) {
  return std::count_if(runs.begin(), runs.end(), [&](const JudgedRun& run) { return run.state == state; });
}

std::vector<PlannedRun> select_runs(const std::vector<JudgedRun>& judged, const SessionRequest& request) {
  std::vector<PlannedRun> selected;
  for (const auto& one : judged)
    if (is_to_do(one.state, request.retry, request.force)) selected.push_back(one.run);
  return selected;
}

/// Gives the runs to do the weights that there are; those without any are left out, and counted.
std::size_t give_weights(SessionRequest& request, const ResultsDatabase& database) {
  const WeightsIndex index(database);
  std::vector<PlannedRun> measured;
  std::size_t to_do = 0;
  for (auto& judged : judge_runs(request.planned, &database)) {
    auto& run = judged.run;
    const bool is_wanted = is_to_do(judged.state, request.retry, request.force);
    if (is_wanted) run.weights = index.find(run.spec);
    if (is_wanted && run.weights) ++to_do;
    if (!is_wanted || run.weights) measured.push_back(std::move(run));
  }
  const auto without = request.planned.size() - measured.size();
  if (without > 0 && to_do == 0)
    throw UserError(fmt::format(
        "{}: no run left weights for any of the {} runs to measure; rraebench run SUITE --keep weights does",
        request.database.string(), without));
  request.planned = std::move(measured);
  request.asked = request.planned;
  return without;
}

/// What the training was, of which the weights come, and that it was another run's.
void add_training(RunRecord& run, const StoredWeights& weights, const ResultsDatabase& database) {
  auto trained = read_run(database, weights.run_id);
  run.train_seconds = trained.train_seconds;
  run.train_steps = trained.train_steps;
  run.samples_per_second = trained.samples_per_second;
  run.parameter_count = trained.parameter_count;
  run.curve = std::move(trained.curve);
  for (auto& metric : trained.metrics)
    if (metric.protocol == "train") run.metrics.push_back(std::move(metric));
  run.notes.push_back(
      fmt::format("{}, {}, seed {}: not trained again but measured with the weights of run {}",
                  run.comparison, run.label, run.seed, trained.identity.substr(0, 12)));
}

/// How the runs ended, attempts of earlier times included.
struct Ends {
  std::size_t failed = 0;
  std::size_t missing = 0;    // Cut off, or not begun.
  std::size_t to_repeat = 0;  // Of the failed: by a fault of the infrastructure.
};

Ends count_ends(const std::vector<PlannedRun>& planned, const ResultsDatabase& database) {
  Ends ends;
  for (const auto& run : planned) {
    const auto stored = database.find_run(run.identity);
    if (!stored || stored->status == RunStatus::kInterrupted) {
      ++ends.missing;
    } else if (stored->status != RunStatus::kOk) {
      ++ends.failed;
      if (stored->fault == Fault::kInfrastructure) ++ends.to_repeat;
    }
  }
  return ends;
}

/// One line on how it ended, and the exit code.
int conclude(const SessionRequest& request, const fs::path& database, const Ends& ends) {
  const auto name = quote_shell(database.string());
  const auto count = request.planned.size();
  if (stop_requested()) {
    std::cerr << "stopped; the same command goes on from here\n";
    return kExitInterrupted;
  }
  if (ends.failed > 0)
    std::cerr << fmt::format("{} of {} runs failed: rraebench query --view failures --db {}{}\n", ends.failed,
                             count, name, ends.failed > ends.to_repeat ? "; --retry makes them again" : "");
  if (ends.missing > 0)
    std::cerr << fmt::format("{} of {} runs were cut off or not begun; the same command goes on from there\n",
                             ends.missing, count);
  if (ends.failed + ends.missing > 0) return kExitSomeFailed;
  std::cerr << fmt::format(
      "{}: rraebench {} {}\n",
      count == 1 ? "the run is complete" : fmt::format("all {} runs are complete", count),
      request.is_part ? "merge" : "report --db", name);
  return kExitOk;
}

/// A finished part that is to be repeated stands under its unfinished name meanwhile.
void take_up(const fs::path& database) {
  std::error_code ignored;
  const auto unfinished = unfinished_name(database);
  if (!fs::exists(database, ignored)) return;
  if (fs::exists(unfinished, ignored))
    throw UserError(fmt::format("both {} and {} are there; remove the one that is not wanted",
                                database.string(), unfinished.string()));
  fs::rename(database, unfinished);
}

/// A folder for parts may be missing yet.
void make_folder_of(const fs::path& database) {
  std::error_code error;
  const auto folder = fs::absolute(database).parent_path();
  fs::create_directories(folder, error);
  if (error) throw UserError(folder.string() + ": cannot be made: " + error.message());
}

/// For `rraebench status`.
LiveStatus who_runs(const SessionRequest& request, std::size_t complete) {
  LiveStatus status;
  status.host = host_name();
  status.process = ::getpid();
  status.command = request.command;
  status.folder = request.folder;
  status.started_at = utc_now();
  status.started = static_cast<std::int64_t>(std::time(nullptr));
  status.jobs = request.execution.jobs;
  status.complete = static_cast<std::int64_t>(complete);
  return status;
}

ExpectedSeconds expected_seconds(const std::vector<PlannedRun>& runs, const ResultsDatabase& database) {
  const RunEstimator estimator(read_run_costs(database));
  ExpectedSeconds expected;
  for (const auto& run : runs) expected[run.identity] = estimator.estimate(run.spec).seconds;
  return expected;
}

Ends carry_out(const SessionRequest& request, ResultsDatabase& database, std::set<std::string>& failed_now) {
  const auto& execution = request.execution;
  ask_for(request.suites, request.asked, request.asked_at, database);
  const auto judged = judge_runs(request.planned, &database);
  const auto selected = select_runs(judged, request);
  remove_what_nobody_takes_up(execution.checkpoint_folder, database, selected);
  remove_unfinished_artefacts(execution.artefact_folder);
  const auto stale = count_of(judged, RunState::kStale);
  std::cerr << fmt::format(
      "{}: {} to do{}, {} complete; {} at a time with {} each{}; results in {}\n",
      plural(judged.size(), "run"), selected.size(),
      stale > 0 ? fmt::format(" ({} stale: --plan says why)", stale) : "",
      request.force ? 0 : count_of(judged, RunState::kCached), execution.jobs,
      plural(execution.threads, "thread"),
      execution.jobs * execution.threads > usable_cores() ? ", more than there are cores" : "",
      printable(request.database.string()));
  database.describe_plugins(request.plugins);
  const auto broken = try_plugins(selected, execution);
  LiveStatusWriter live(execution.checkpoint_folder, who_runs(request, judged.size() - selected.size()),
                        expected_seconds(selected, database));
  ProgressDisplay display(selected.size(), &live);
  std::map<std::string, StoredWeights> weights;  // By identity.
  for (const auto& run : selected)
    if (run.weights) weights[run.identity] = *run.weights;
  execute_runs(selected, execution, display, [&](RunRecord run) {
    if (const auto found = weights.find(run.identity); found != weights.end() && run.status == RunStatus::kOk)
      add_training(run, found->second, database);
    if (run.status != RunStatus::kOk) failed_now.insert(run.identity);
    if (const auto promises = broken.find(run.identity); promises != broken.end())
      run.notes.insert(run.notes.end(), promises->second.begin(), promises->second.end());
    run.command = request.command;
    run.folder = request.folder;
    run.jobs = execution.jobs;
    database.store_next_attempt(std::move(run));
  });
  return count_ends(request.planned, database);
}

/// Whether nothing of the database lies beside it any more, once who reads it has been waited for.
bool is_file_of_its_own(const fs::path& database) {
  constexpr int kTries = 60;
  constexpr std::chrono::milliseconds kPause{500};
  std::error_code ignored;
  const auto log = database.string() + "-wal";
  for (int i = 0; i < kTries && fs::exists(log, ignored) && !stop_requested(); ++i) {
    std::this_thread::sleep_for(kPause);
    ResultsDatabase::open_or_create(database, patience_for(database));  // Which tidies up when it is closed.
  }
  return !fs::exists(log, ignored);
}

}  // namespace

fs::path unfinished_name(const fs::path& database) {
  return database.string() + ".part";
}

fs::path checkpoint_folder(const fs::path& database) {
  return real_file(database).string() + ".checkpoints";
}

void require_resources(const SessionRequest& request) {
  const auto& execution = request.execution;
  require_descriptors(execution.jobs);
  const bool keeps = std::any_of(request.planned.begin(), request.planned.end(),
                                 [](const PlannedRun& run) { return !run.spec.extractor.empty(); });
  if (keeps) require_writable(execution.cache_folder, "cache", "--cache-dir names another folder");
  const auto checkpoints = checkpoint_folder(request.database);
  std::error_code ignored;
  const bool is_there = fs::exists(checkpoints, ignored);
  require_writable(is_there ? checkpoints : fs::absolute(checkpoints).parent_path(),
                   is_there ? "checkpoints" : "folder of the results and checkpoints,",
                   "--db names a file in another folder");
}

int run_session(SessionRequest request) {
  // A link to a database must not be a second claim beside the file's own.
  request.database = real_file(request.database);
  const auto working = request.is_part ? unfinished_name(request.database) : request.database;
  request.execution.checkpoint_folder = checkpoint_folder(request.database);
  request.execution.artefact_folder = artefact_folder(request.database);
  if (request.is_part) make_folder_of(request.database);
  const DatabaseClaim claim(request.database, request.execution.checkpoint_folder);
  if (request.is_part) take_up(request.database);
  Ends ends;
  std::size_t without_weights = 0;
  std::set<std::string> failed_now;  // Also those that an older result still counts for.
  {
    auto database = ResultsDatabase::open_or_create(working, patience_for(working));
    if (request.only_measures) without_weights = give_weights(request, database);
    ends = carry_out(request, database, failed_now);
  }
  // It is a file of its own again, and still claimed.
  const bool is_whole = !stop_requested() && ends.missing + ends.to_repeat == 0;
  const bool is_finished = is_whole && (!request.is_part || is_file_of_its_own(working));
  if (request.is_part && is_finished) fs::rename(working, request.database);
  const int exit_code = conclude(request, is_finished ? request.database : working, ends);
  if (is_whole && !is_finished) {
    std::cerr << fmt::format(
        "{}: another program reads it, so that it cannot become {}; the same command does it later\n",
        working.string(), request.database.filename().string());
    return kExitSomeFailed;
  }
  if (without_weights > 0)
    std::cerr << fmt::format(
        "{} runs have no weights to be measured with; rraebench run SUITE --keep weights trains them\n",
        without_weights);
  if (exit_code == kExitOk && without_weights > 0) return kExitSomeFailed;
  if (exit_code != kExitOk || failed_now.empty()) return exit_code;
  std::cerr << fmt::format("{} new attempts failed; what went well before counts\n", failed_now.size());
  return kExitSomeFailed;
}

}  // namespace rraebench
