#include "host/program/cluster/submission.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/quantities.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/cluster/job_script.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw InfrastructureError(folder.string() + ": cannot be made: " + error.message());
}

}  // namespace

std::vector<ScriptFile> make_scripts(const PlanFolder& folder, const std::vector<ResourceClass>& classes,
                                     std::int64_t max_array_size, std::int64_t number) {
  const auto program = program_folder() / "rraebench";
  std::vector<ScriptFile> scripts;
  for (const auto& [job, tasks] : classes)
    for (const auto& array : split_into_arrays(tasks, max_array_size)) {
      Submission submission;
      submission.offset = array.offset;
      submission.tasks = array.tasks;
      submission.job = job;
      scripts.push_back({folder.scripts() / fmt::format("{}.sh", number++),
                         array_script(folder, job, array, program), std::move(submission)});
    }
  if (scripts.empty()) return scripts;
  Submission collecting;
  collecting.collects = true;
  collecting.job = classes.front().job;
  scripts.push_back({folder.scripts() / fmt::format("{}-collect.sh", number),
                     collecting_script(folder, collecting.job, program), std::move(collecting)});
  return scripts;
}

void print_scripts(std::ostream& out, const std::vector<ScriptFile>& scripts) {
  std::string after;
  std::size_t jobs = 0;
  for (const auto& script : scripts) {
    const bool collects = script.submission.collects;
    out << "# sbatch --parsable " << (collects ? "--dependency=afterany:" + after + " " : "")
        << quote_shell(script.file.string()) << "\n"
        << script.text << "\n";
    after += (after.empty() ? "" : ":") + fmt::format("JOB{}", ++jobs);
  }
}

std::vector<Submission> submit_scripts(const PlanFolder& folder, const std::vector<ScriptFile>& scripts) {
  for (const auto& path : {folder.logs(), folder.scripts(), folder.tasks()}) make_folder(path);
  std::vector<Submission> intentions;
  for (const auto& script : scripts)
    if (!script.submission.collects) intentions.push_back(script.submission);
  add_intentions(folder, intentions);
  std::vector<Submission> submitted;
  std::vector<std::string> jobs;
  const auto so_far = [&] {
    return fmt::format("{} of {} jobs were submitted, and the rest will be by: rraebench slurm resubmit {}",
                       submitted.size(), scripts.size(), quote_shell(folder.path().string()));
  };
  for (const auto& script : scripts) {
    if (stop_requested()) {
      std::cerr << so_far() << "\n";
      throw InterruptedError();
    }
    write_file_durably(script.file, script.text);
    auto submission = script.submission;
    try {
      submission.job_id = submit_script(script.file, submission.collects ? jobs : std::vector<std::string>{});
    } catch (const InfrastructureError& error) {
      throw InfrastructureError(fmt::format("{}; {}", error.what(), so_far()));
    }
    submission.submitted_at = utc_now();
    add_submission(folder, submission);
    jobs.push_back(submission.job_id);
    submitted.push_back(std::move(submission));
  }
  return submitted;
}

}  // namespace rraebench
