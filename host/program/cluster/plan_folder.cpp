#include "host/program/cluster/plan_folder.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/program/cluster/task_ranges.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace rraebench {
namespace {

nlohmann::json json_of(const Submission& submission) {
  return {{"job_id", submission.job_id},           {"submitted_at", submission.submitted_at},
          {"collects", submission.collects},       {"offset", submission.offset},
          {"tasks", range_text(submission.tasks)}, {"job", to_json(submission.job)}};
}

Submission submission_of(const nlohmann::json& document) {
  return {document.at("job_id"), document.at("submitted_at"),        document.at("collects"),
          document.at("offset"), parse_ranges(document.at("tasks")), slurm_job_from_json(document.at("job"))};
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<Submission> read_lines(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<Submission> submissions;
  for (std::string line; std::getline(stream, line);) {
    try {
      submissions.push_back(submission_of(nlohmann::json::parse(line)));
    } catch (const std::exception&) {
      throw UserError(file.string() + ":" + std::to_string(submissions.size() + 1) +
                      ": is not as rraebench wrote it");
    }
  }
  return submissions;
}

}  // namespace

PlanFolder::PlanFolder(const std::filesystem::path& path)
    : path_(std::filesystem::absolute(path).lexically_normal()) {
  if (!path_.has_filename()) path_ = path_.parent_path();  // "plan/"
}

std::filesystem::path PlanFolder::database_of(std::int64_t task) const {
  return tasks() / (std::to_string(task) + ".db");
}

void add_submission(const PlanFolder& folder, const Submission& submission) {
  write_file_durably(folder.submissions(), text_of(folder.submissions()) + json_of(submission).dump() + "\n");
}

void add_intentions(const PlanFolder& folder, const std::vector<Submission>& submissions) {
  auto text = text_of(folder.intentions());
  for (const auto& submission : submissions) text += json_of(submission).dump() + "\n";
  write_file_durably(folder.intentions(), text);
}

std::vector<Submission> read_intentions(const PlanFolder& folder) {
  return read_lines(folder.intentions());
}

std::vector<Submission> read_submissions(const PlanFolder& folder) {
  return read_lines(folder.submissions());
}

}  // namespace rraebench
