#pragma once
// Implements: the folder of a plan on a cluster: where its parts are, and which jobs were submitted for it.

#include "host/program/cluster/slurm_job.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// Paths are absolute.
class PlanFolder {
 public:
  explicit PlanFolder(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path plan() const { return path_ / "plan.json"; }
  std::filesystem::path tasks() const { return path_ / "tasks"; }
  std::filesystem::path database_of(std::int64_t task) const;
  std::filesystem::path logs() const { return path_ / "logs"; }
  std::filesystem::path scripts() const { return path_ / "scripts"; }
  std::filesystem::path submissions() const { return path_ / "submissions.jsonl"; }
  std::filesystem::path intentions() const { return path_ / "intentions.jsonl"; }

 private:
  std::filesystem::path path_;
};

/// A job that Slurm has taken.
struct Submission {
  std::string job_id;
  std::string submitted_at;         // UTC, ISO 8601.
  bool collects = false;            // The one that merges.
  std::int64_t offset = 0;          // Task less index of the array.
  std::vector<std::int64_t> tasks;  // Ascending.
  SlurmJob job;
};

/// Writes the submission down before the next one is made.
void add_submission(const PlanFolder& folder, const Submission& submission);

/// Before any of them is made: with what tasks are to be submitted, should Slurm refuse them now.
void add_intentions(const PlanFolder& folder, const std::vector<Submission>& submissions);

/// Without number and time. Throws UserError.
std::vector<Submission> read_intentions(const PlanFolder& folder);

/// In the order in which they were made; none for a plan that was never submitted. Throws UserError.
std::vector<Submission> read_submissions(const PlanFolder& folder);

}  // namespace rraebench
