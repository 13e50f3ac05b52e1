#include "host/program/running/live_status.hpp"

#include "host/common/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <unistd.h>

namespace rraebench {
namespace {

constexpr int kStatusFormat = 1;

template <typename Status, typename Visitor>
void visit_status_fields(Status& status, const Visitor& visit) {
  visit("host", status.host);
  visit("process", status.process);
  visit("command", status.command);
  visit("folder", status.folder);
  visit("started_at", status.started_at);
  visit("started", status.started);
  visit("updated", status.updated);
  visit("jobs", status.jobs);
  visit("complete", status.complete);
  visit("to_do", status.to_do);
  visit("done", status.done);
  visit("failed", status.failed);
  visit("ended_seconds", status.ended_seconds);
  visit("waiting", status.waiting);
  visit("waiting_unknown", status.waiting_unknown);
  visit("waiting_seconds", status.waiting_seconds);
}

nlohmann::json json_of(const LiveRun& run) {
  nlohmann::json document = {{"title", run.title},     {"stage", run.stage},
                             {"step", run.step},       {"steps", run.steps},
                             {"seconds", run.seconds}, {"samples_per_second", run.samples_per_second}};
  document["expected_seconds"] =
      run.expected_seconds ? nlohmann::json(*run.expected_seconds) : nlohmann::json(nullptr);
  return document;
}

LiveRun run_of(const nlohmann::json& document) {
  LiveRun run;
  document.at("title").get_to(run.title);
  document.at("stage").get_to(run.stage);
  document.at("step").get_to(run.step);
  document.at("steps").get_to(run.steps);
  document.at("seconds").get_to(run.seconds);
  document.at("samples_per_second").get_to(run.samples_per_second);
  if (const auto& expected = document.at("expected_seconds"); !expected.is_null())
    run.expected_seconds = expected.get<double>();
  return run;
}

LiveStatus status_of(const nlohmann::json& document) {
  LiveStatus status;
  visit_status_fields(status, read_fields_from(document));
  for (const auto& failure : document.at("failures"))
    status.failures.push_back({failure.at("title"), failure.at("status"), failure.at("message")});
  for (const auto& run : document.at("running")) status.running.push_back(run_of(run));
  return status;
}

/// What it took so far bounds what it will take from below.
double rest_of(const LiveRun& run, double expected) {
  return std::max(0.0, expected - run.seconds);
}

}  // namespace

nlohmann::json to_json(const LiveStatus& status) {
  nlohmann::json document = {{"rraebench_status", kStatusFormat}};
  visit_status_fields(status, write_fields_to(document));
  document["failures"] = nlohmann::json::array();
  for (const auto& failure : status.failures)
    document["failures"].push_back(
        {{"title", failure.title}, {"status", failure.status}, {"message", failure.message}});
  document["running"] = nlohmann::json::array();
  for (const auto& run : status.running) document["running"].push_back(json_of(run));
  return document;
}

std::filesystem::path live_status_file(const std::filesystem::path& checkpoint_folder) {
  return checkpoint_folder / "status.json";
}

std::optional<LiveStatus> read_live_status(const std::filesystem::path& checkpoint_folder) {
  std::ifstream stream(live_status_file(checkpoint_folder), std::ios::binary);
  const auto document = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return std::nullopt;
  try {
    if (document.at("rraebench_status") != kStatusFormat) return std::nullopt;
    return status_of(document);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::optional<bool> is_alive(const LiveStatus& status) {
  if (status.host != host_name()) return std::nullopt;
  // Its number may be another program's by now.
  std::ifstream stream("/proc/" + std::to_string(status.process) + "/comm");
  std::string name;
  return std::getline(stream, name) && name == "rraebench";
}

std::optional<double> runs_per_hour(const LiveStatus& status) {
  const auto ended = status.done + status.failed;
  const auto seconds = status.updated - status.started;
  if (ended == 0 || seconds <= 0) return std::nullopt;
  return 3600.0 * static_cast<double>(ended) / static_cast<double>(seconds);
}

std::optional<double> seconds_left(const LiveStatus& status) {
  const auto ended = status.done + status.failed;
  std::optional<double> mean;
  if (ended > 0) mean = status.ended_seconds / static_cast<double>(ended);
  if (!mean && status.waiting_unknown > 0) return std::nullopt;
  double work = status.waiting_seconds + mean.value_or(0.0) * static_cast<double>(status.waiting_unknown);
  double longest = 0.0;
  for (const auto& run : status.running) {
    const auto expected = run.expected_seconds ? run.expected_seconds : mean;
    if (!expected) return std::nullopt;
    work += rest_of(run, *expected);
    longest = std::max(longest, rest_of(run, *expected));
  }
  return std::max(longest, work / static_cast<double>(std::max<std::int64_t>(1, status.jobs)));
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace rraebench
