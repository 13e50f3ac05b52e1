#pragma once
// Implements: what a suite does right now, as the program that runs it leaves it in a file for others to
// read.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

struct LiveRun {
  std::string title;  // "quick · shift · VAE · seed 0"
  std::string stage;  // "load", "train", ...
  std::int64_t step = 0;
  std::int64_t steps = 0;  // 0: unknown.
  double samples_per_second = 0.0;
  double seconds = 0.0;                    // Since it was started.
  std::optional<double> expected_seconds;  // In all; nothing where no earlier run tells.
};

struct LiveFailure {
  std::string title;
  std::string status;
  std::string message;
};

struct LiveStatus {
  std::string host;
  std::int64_t process = 0;
  std::string command;
  std::string folder;
  std::string started_at;     // UTC, ISO 8601.
  std::int64_t started = 0;   // The same, in seconds since 1970.
  std::int64_t updated = 0;   // Likewise, when this was written.
  std::int64_t jobs = 1;      // Runs at a time.
  std::int64_t complete = 0;  // When it began.
  std::int64_t to_do = 0;     // Then.
  std::int64_t done = 0;      // Since then; failed ones are not among them.
  std::int64_t failed = 0;
  double ended_seconds = 0.0;         // That all of those took.
  std::vector<LiveFailure> failures;  // The last ones.
  std::vector<LiveRun> running;       // In the order of their titles.
  std::int64_t waiting = 0;           // Not begun.
  std::int64_t waiting_unknown = 0;   // Of those: without an estimate.
  double waiting_seconds = 0.0;       // That the others will take, one after another.
};

nlohmann::json to_json(const LiveStatus& status);

/// "DB.checkpoints/status.json"
std::filesystem::path live_status_file(const std::filesystem::path& checkpoint_folder);

/// Nothing where there is none, or none that this program wrote.
std::optional<LiveStatus> read_live_status(const std::filesystem::path& checkpoint_folder);

/// Whether the program that wrote it still runs; of another machine nothing, since that cannot be known.
std::optional<bool> is_alive(const LiveStatus& status);

/// Runs that ended, an hour; nothing before the first one.
std::optional<double> runs_per_hour(const LiveStatus& status);

/// Until all is done, from what earlier runs took, else those that ended since it began; nothing where
/// neither tells of every one.
std::optional<double> seconds_left(const LiveStatus& status);

/// This machine's name, as `LiveStatus::host` has it.
std::string host_name();

}  // namespace rraebench
