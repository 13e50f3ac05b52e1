#include "host/program/planning/plan_file.hpp"

#include "host/common/errors.hpp"
#include "host/common/version.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

namespace rraebench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SuitePlace, comparison, dataset, label)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PluginRecord, sha256, name, version, summary, citation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedExecution, folder, data_dir, cache_dir, time_limit_seconds,
                                   memory_limit_bytes, checkpoint_seconds)

namespace {

constexpr int kPlanFormat = 1;
constexpr const char* kEnd = "]}";

template <typename Value>
nlohmann::json json_of(const std::optional<Value>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

template <typename Value>
std::optional<Value> optional_of(const nlohmann::json& document) {
  if (document.is_null()) return std::nullopt;
  return document.get<Value>();
}

nlohmann::json json_of(const PublishedRecord& figure) {
  return {{"comparison", figure.comparison}, {"label", figure.label},
          {"protocol", figure.protocol},     {"name", figure.name},
          {"variant", figure.variant},       {"split", figure.split},
          {"value", figure.value},           {"deviation", json_of(figure.deviation)},
          {"source", figure.source}};
}

PublishedRecord published_of(const nlohmann::json& document) {
  return {document.at("comparison"), document.at("label"),
          document.at("protocol"),   document.at("name"),
          document.at("variant"),    document.at("split"),
          document.at("value"),      optional_of<double>(document.at("deviation")),
          document.at("source")};
}

nlohmann::json json_of(const ClaimRecord& claim) {
  return {{"comparison", claim.comparison},
          {"text", claim.text},
          {"kind", claim.kind},
          {"label", claim.label},
          {"than", claim.than},
          {"protocol", claim.protocol},
          {"name", claim.name},
          {"variant", claim.variant},
          {"split", claim.split},
          {"value", json_of(claim.value)},
          {"tolerance", json_of(claim.tolerance)},
          {"source", claim.source},
          {"at_equal", claim.at_equal}};
}

ClaimRecord claim_of(const nlohmann::json& document) {
  return {document.at("comparison"),
          document.at("text"),
          document.at("kind"),
          document.at("label"),
          document.at("than"),
          document.at("protocol"),
          document.at("name"),
          document.at("variant"),
          document.at("split"),
          optional_of<double>(document.at("value")),
          optional_of<double>(document.at("tolerance")),
          document.at("source"),
          document.value("at_equal", "")};  // Plans of before do not have it.
}

nlohmann::json json_of(const PlannedSuite& suite) {
  auto published = nlohmann::json::array();
  for (const auto& figure : suite.published) published.push_back(json_of(figure));
  auto claims = nlohmann::json::array();
  for (const auto& claim : suite.claims) claims.push_back(json_of(claim));
  return {{"name", suite.name},     {"file", suite.file},     {"text", suite.text},
          {"places", suite.places}, {"published", published}, {"claims", claims}};
}

PlannedSuite suite_of(const nlohmann::json& document) {
  PlannedSuite suite{
      document.at("name"), document.at("file"), document.at("text"), document.at("places"), {}, {}};
  for (const auto& figure : document.at("published")) suite.published.push_back(published_of(figure));
  for (const auto& claim : document.at("claims")) suite.claims.push_back(claim_of(claim));
  return suite;
}

nlohmann::json json_of(const PlanEntry& entry) {
  const auto& run = entry.judged.run;
  return {{"task", json_of(entry.task)},
          {"identity", run.identity},
          {"state", run_state_name(entry.judged.state)},
          {"why", entry.judged.why},
          {"plugin_file", run.plugin.string()},
          {"time_limit_seconds", run.time_limit_seconds},
          {"notes", run.notes},
          {"keep", run.keep},
          {"sample_shape", run.sample_shape},
          {"suite_folder", run.suite_folder},
          {"expected_seconds", json_of(entry.estimate.seconds)},
          {"expected_memory_bytes", json_of(entry.estimate.memory_bytes)},
          {"expected_disk_bytes", json_of(entry.estimate.disk_bytes)},
          {"spec", to_json(run.spec)}};
}

PlanEntry entry_of(const nlohmann::json& document) {
  PlanEntry entry;
  entry.task = optional_of<std::int64_t>(document.at("task"));
  auto& run = entry.judged.run;
  document.at("identity").get_to(run.identity);
  entry.judged.state = parse_run_state(document.at("state").get<std::string>());
  document.at("why").get_to(entry.judged.why);
  run.plugin = document.at("plugin_file").get<std::string>();
  document.at("time_limit_seconds").get_to(run.time_limit_seconds);
  document.at("notes").get_to(run.notes);
  document.at("keep").get_to(run.keep);
  run.sample_shape = document.value("sample_shape", run.sample_shape);
  run.suite_folder = document.value("suite_folder", run.suite_folder);  // Plans of before do not have it.
  entry.estimate.seconds = optional_of<double>(document.at("expected_seconds"));
  entry.estimate.memory_bytes = optional_of<std::int64_t>(document.at("expected_memory_bytes"));
  entry.estimate.disk_bytes = optional_of<std::int64_t>(document.at("expected_disk_bytes"));
  run.spec = run_spec_from_json(document.at("spec"));
  if (run.identity != run_identity(run.spec)) throw UserError("the run is not the one that was planned");
  return entry;
}

nlohmann::json header_of(const RunPlan& plan) {
  auto suites = nlohmann::json::array();
  for (const auto& suite : plan.suites) suites.push_back(json_of(suite));
  return {{"rraebench_plan", kPlanFormat}, {"program_version", program_version()},
          {"created_at", plan.created_at}, {"database", plan.database},
          {"execution", plan.execution},   {"suites", suites},
          {"plugins", plan.plugins},       {"tasks", plan.tasks},
          {"retry", plan.retry},           {"force", plan.force}};
}

RunPlan plan_of_header(const nlohmann::json& header) {
  if (header.at("rraebench_plan").get<int>() != kPlanFormat)
    throw UserError("is a plan of another version of rraebench; make it anew with this one");
  RunPlan plan;
  header.at("created_at").get_to(plan.created_at);
  header.at("database").get_to(plan.database);
  header.at("execution").get_to(plan.execution);
  for (const auto& suite : header.at("suites")) plan.suites.push_back(suite_of(suite));
  header.at("plugins").get_to(plan.plugins);
  header.at("tasks").get_to(plan.tasks);
  plan.retry = header.value("retry", false);  // Plans of before do not have them.
  plan.force = header.value("force", false);
  return plan;
}

/// Calls `read` on a line; whatever is wrong with it is told with its place.
template <typename Read>
auto at_line(const std::filesystem::path& file, std::int64_t line, const Read& read) {
  const auto place = file.string() + ":" + std::to_string(line) + ": ";
  try {
    return read();
  } catch (const nlohmann::json::exception&) {
    throw UserError(place +
                    "is not as rraebench wrote it; make the plan anew: rraebench run SUITE --plan --format "
                    "json");
  } catch (const std::exception& error) {
    throw UserError(place + error.what());
  }
}

}  // namespace

void write_plan(std::ostream& out, const RunPlan& plan) {
  auto header = header_of(plan).dump();
  header.pop_back();
  out << header << ",\"runs\":[\n";
  for (std::size_t i = 0; i < plan.entries.size(); ++i)
    out << json_of(plan.entries[i]).dump() << (i + 1 < plan.entries.size() ? ",\n" : "\n");
  out << kEnd << "\n";
}

RunPlan read_plan(const std::filesystem::path& file, std::optional<std::int64_t> task) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    throw UserError(file.string() +
                    ": no such file; make it by: rraebench run SUITE --plan --format json > plan.json");
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  std::int64_t number = 1;
  if (!std::getline(stream, line)) throw UserError(file.string() + ": is empty or cannot be read");
  auto plan = at_line(file, number, [&] { return plan_of_header(nlohmann::json::parse(line + kEnd)); });
  if (task && (*task < 0 || *task >= plan.tasks))
    throw UserError(
        file.string() + ": has no task " + std::to_string(*task) +
        (plan.tasks == 0 ? ": there is nothing to do" : "; they are 0 to " + std::to_string(plan.tasks - 1)));
  bool ended = false;
  while (!ended && std::getline(stream, line)) {
    ++number;
    ended = line == kEnd;
    if (ended) break;
    if (!line.empty() && line.back() == ',') line.pop_back();
    at_line(file, number, [&] {
      const auto document = nlohmann::json::parse(line);
      if (task && optional_of<std::int64_t>(document.at("task")) != task) return;
      plan.entries.push_back(entry_of(document));
    });
  }
  if (!ended) throw UserError(file.string() + ": is cut off after line " + std::to_string(number));
  return plan;
}

}  // namespace rraebench
