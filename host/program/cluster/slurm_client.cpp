#include "host/program/cluster/slurm_client.hpp"

#include "host/common/errors.hpp"
#include "host/program/processes/worker_process.hpp"
#include "rraebench/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <sstream>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{120};
constexpr std::int64_t kDefaultMaxArraySize = 1001;

/// Empty where there is none.
fs::path find_command(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto file = fs::path(folder) / name;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

/// nullopt where there is no such command.
std::optional<WorkerAnswer> ask(const std::string& name, const std::vector<std::string>& arguments,
                                OnStop on_stop = OnStop::kEnd) {
  const auto command = find_command(name);
  if (command.empty()) return std::nullopt;
  return ask_worker(command, arguments, "", {}, kPatience, on_stop);
}

bool succeeded(const WorkerAnswer& answer) {
  return answer.exit.exit_code == 0;
}

WorkerAnswer require(const std::string& name, const std::vector<std::string>& arguments,
                     OnStop on_stop = OnStop::kEnd) {
  auto answer = ask(name, arguments, on_stop);
  if (!answer)
    throw UserError("there is no " + name +
                    " here; give this command on a machine of the cluster that submits jobs");
  if (!succeeded(*answer))
    throw InfrastructureError(name + ": " + last_line(answer->errors, "failed without a word"));
  return std::move(*answer);
}

std::vector<std::string> fields_of(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t value = 0;
  if (!detail::parse_integer(text, value)) return std::nullopt;
  return value;
}

/// "CANCELLED by 1000" is CANCELLED.
std::string first_word(const std::string& text) {
  return text.substr(0, text.find_first_of(" +"));
}

}  // namespace

bool has_slurm() {
  return !find_command("sbatch").empty();
}

std::int64_t parse_max_array_size(const std::string& configuration) {
  std::istringstream lines(configuration);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("MaxArraySize", 0) != 0) continue;
    const auto value = line.find_first_of("0123456789");
    if (value == std::string::npos) continue;
    if (const auto size = number_of(line.substr(value, line.find_last_of("0123456789") - value + 1));
        size && *size > 1)
      return *size;
  }
  return kDefaultMaxArraySize;
}

std::int64_t max_array_size() {
  const auto answer = ask("scontrol", {"show", "config"});
  return parse_max_array_size(answer ? answer->output : "");
}

std::string submit_script(const fs::path& script, const std::vector<std::string>& after) {
  std::vector<std::string> arguments = {"--parsable"};
  if (!after.empty())
    arguments.push_back("--dependency=afterany:" + fmt::format("{}", fmt::join(after, ":")));
  arguments.push_back(script.string());
  // A job that Slurm has taken and nobody knows of would run beside the one that is submitted in its place.
  const auto line = last_line(require("sbatch", arguments, OnStop::kWait).output, "");
  auto job = line.substr(0, line.find(';'));  // "123;cluster"
  if (!number_of(job)) throw InfrastructureError("sbatch: gave no number of a job but '" + line + "'");
  return job;
}

JobElements parse_queue(const std::string& output) {
  JobElements elements;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const auto fields = fields_of(line, '|');  // Job, index, state, reason, time used.
    if (fields.size() < 4) continue;
    const auto index = number_of(fields[1]);  // "N/A" of a job that is no array.
    elements[{fields[0], index.value_or(-1)}] = {fields[2], fields[3], fields.size() > 4 ? fields[4] : ""};
  }
  return elements;
}

std::optional<JobElements> queue_of(const std::vector<std::string>& jobs) {
  if (jobs.empty()) return JobElements{};
  const auto answer =
      ask("squeue", {"--array", "--noheader", "--states=all",
                     "--jobs=" + fmt::format("{}", fmt::join(jobs, ",")), "--format=%F|%K|%T|%r|%M"});
  if (!answer) return std::nullopt;
  if (succeeded(*answer)) return parse_queue(answer->output);
  // What all ended long ago is unknown to the queue.
  if (answer->errors.find("Invalid job id") != std::string::npos) return JobElements{};
  throw InfrastructureError("squeue: " + last_line(answer->errors, "failed without a word"));
}

JobElements parse_accounting(const std::string& output) {
  JobElements elements;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const auto fields = fields_of(line, '|');  // "123_4" or "123", state, elapsed.
    if (fields.size() < 2) continue;
    const auto bar = fields[0].find('_');
    const auto index =
        bar == std::string::npos ? std::optional<std::int64_t>(-1) : number_of(fields[0].substr(bar + 1));
    if (!index) continue;  // "123_[5-9]": still in the queue.
    elements[{fields[0].substr(0, bar), *index}] = {first_word(fields[1]), "",
                                                    fields.size() > 2 ? fields[2] : ""};
  }
  return elements;
}

std::optional<JobElements> accounting_of(const std::vector<std::string>& jobs) {
  if (jobs.empty()) return JobElements{};
  const auto answer =
      ask("sacct", {"--allocations", "--noheader", "--parsable2",
                    "--jobs=" + fmt::format("{}", fmt::join(jobs, ",")), "--format=JobID,State,Elapsed"});
  if (!answer || !succeeded(*answer)) return std::nullopt;
  return parse_accounting(answer->output);
}

void cancel_jobs(const std::vector<std::string>& jobs) {
  if (!jobs.empty()) require("scancel", jobs);
}

}  // namespace rraebench
