#include "host/program/installation_checks.hpp"

#include "datasets/catalog.hpp"
#include "datasets/sha256.hpp"
#include "host/common/installation.hpp"
#include "host/common/version.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/planning/changeable_plugins.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/processes/worker_process.hpp"
#include "host/program/suites/suite_files.hpp"
#include "host/program/suites/suite_reader.hpp"
#include "reports/store/integrity.hpp"
#include "reports/store/run_parts.hpp"
#include "reports/store/schema.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr double kLittleMemory = 2.0;  // GiB.
constexpr double kLittleSpace = 1.0;

std::string in_gibibytes(double bytes) {
  return fmt::format("{:.1f} GiB", bytes / kGibibyte);
}

/// What the worker says of itself; nullopt, with a finding, where it cannot.
std::optional<nlohmann::json> ask_for_environment(std::vector<Finding>& findings) {
  const auto fail = [&](const std::string& why) {
    findings.push_back({Health::kFailure, "worker", why + "; install rraebench anew"});
    return std::nullopt;
  };
  const auto worker = worker_path();
  try {
    const auto answer = ask_worker(worker, {"environment"}, "");
    if (answer.exit.signal)
      return fail(fmt::format("{}: crashes (signal {})", worker.string(), *answer.exit.signal));
    if (answer.exit.exit_code != 0)
      return fail(fmt::format("{}: {}", worker.string(), last_line(answer.errors, "ends without a word")));
    auto description =
        nlohmann::json::parse(last_line(answer.output, ""), nullptr, /*allow_exceptions=*/false);
    if (!description.is_object() || !description.contains("libtorch_version"))
      return fail(worker.string() + ": is of another version");
    return description;
  } catch (const std::exception&) {
    return fail(failure_words(std::current_exception()));
  }
}

void check_worker(std::vector<Finding>& findings) {
  const auto said = ask_for_environment(findings);
  if (!said) return;
  const auto text = [&](const char* key) { return said->value(key, ""); };
  const auto add = [&](bool well, Health otherwise, const std::string& subject, const std::string& good,
                       const std::string& bad) {
    findings.push_back({well ? Health::kOk : otherwise, subject, well ? good : bad});
  };
  add(text("program_version") == program_version(), Health::kFailure, "worker",
      fmt::format("{}, version {} like the program", worker_path().string(), program_version()),
      fmt::format("{} is version {}, the program {}; install both anew", worker_path().string(),
                  text("program_version"), program_version()));
  const auto threads = said->value("threads", std::int64_t{0});
  add(said->value("openmp", false), Health::kWarning, "LibTorch",
      fmt::format("{}, OpenMP with {}", text("libtorch_version"), plural(threads, "thread")),
      fmt::format("{} has no OpenMP and trains slowly; use one that has", text("libtorch_version")));
  const auto warning = said->at("blas_warning");
  add(warning.is_null(), Health::kWarning, "BLAS", text("blas"),
      warning.is_string() ? warning.get<std::string>() : "");
  const auto gpus = said->value("gpus", std::int64_t{0});
  add(true, Health::kOk, "GPU",
      gpus > 0 ? fmt::format("{} for --device cuda", gpus) : "none that this LibTorch can use; --device cpu",
      "");
  add(true, Health::kOk, "processor", fmt::format("{}, {}", text("cpu"), text("operating_system")), "");
}

void check_cores(std::vector<Finding>& findings) {
  const auto usable = usable_cores();
  const auto all = static_cast<std::int64_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  const auto narrowed =
      usable < all ? fmt::format(" of {}: affinity or a control group allows no more", all) : "";
  findings.push_back({Health::kOk, "cores", fmt::format("{}{}", usable, narrowed)});
  try {
    require_descriptors(usable);
    findings.push_back({Health::kOk, "open files", fmt::format("enough for --jobs {}", usable)});
  } catch (const std::exception&) {
    findings.push_back({Health::kWarning, "open files", failure_words(std::current_exception())});
  }
}

/// Bytes that a new process can get; nullopt where the system does not say.
std::optional<double> available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string key, unit; file >> key;) {
    double kibibytes = 0;
    file >> kibibytes;
    std::getline(file, unit);
    if (key == "MemAvailable:") return kibibytes * 1024.0;
  }
  return std::nullopt;
}

void check_memory(std::vector<Finding>& findings) {
  const auto available = available_memory();
  if (!available) return;
  const bool little = *available < kLittleMemory * kGibibyte;
  findings.push_back({little ? Health::kWarning : Health::kOk, "memory",
                      in_gibibytes(*available) + " available" +
                          (little ? "; image suites want more: end other programs or use --jobs 1" : "")});
}

void check_plugins(const InstallationFolders& folders, std::vector<Finding>& findings) {
  const auto own = installation_prefix() / "lib" / "rraebench" / "plugins";
  std::size_t usable = 0;
  const auto plugins = discover_plugins(folders.plugins, folders.cache);
  for (const auto& plugin : plugins) {
    if (plugin.unusable.empty()) {
      ++usable;
      continue;
    }
    const bool shipped = plugin.file.parent_path() == own;
    findings.push_back({shipped ? Health::kFailure : Health::kWarning, "plugin " + plugin.name,
                        plugin.unusable + (shipped ? "; install rraebench anew" : "")});
  }
  findings.push_back({usable > 0 ? Health::kOk : Health::kFailure, "plugins",
                      usable > 0 ? fmt::format("{} of {} can be used", usable, plugins.size())
                                 : "none can be used in " + own.string() + "; install rraebench anew"});
  for (const auto& sentence : changeable_plugins(folders.plugins))
    findings.push_back({Health::kWarning, "plugins", sentence});
}

void check_suites(std::vector<Finding>& findings) {
  std::size_t count = 0;
  for (const auto& file : known_suites()) {
    try {
      load_suite(file.string());
      ++count;
    } catch (const std::exception&) {
      findings.push_back(
          {Health::kWarning, "suite " + file.stem().string(), failure_words(std::current_exception())});
    }
  }
  findings.push_back({count > 0 ? Health::kOk : Health::kWarning, "suites",
                      count > 0
                          ? fmt::format("{} by name", count)
                          : std::string("none by name; install rraebench anew or set RRAEBENCH_SUITE_PATH")});
}

void check_data(const fs::path& folder, std::vector<Finding>& findings) {
  std::vector<std::string> found;
  std::vector<std::string> missing;
  for (const auto& source : data_sources()) {
    const auto presence = source.locate(folder);
    const std::string name = source.description.name;
    if (presence.present)
      found.push_back(name);
    else if (source.description.argument_options.empty())  // Others are the user's own files.
      missing.push_back(name);
  }
  findings.push_back({Health::kOk, "data", "found: " + join_names(found)});
  if (!missing.empty())
    findings.push_back(
        {Health::kWarning, "data",
         fmt::format("not in {}: {}; --data-dir names another folder, `rraebench download` fetches",
                     folder.string(), join_names(missing))});
}

/// Whether the folder can be written, and how much room there is.
void check_folder(const std::string& subject, const fs::path& folder, const std::string& remedy,
                  std::vector<Finding>& findings) {
  try {
    require_writable(folder, subject, remedy);
  } catch (const std::exception&) {
    findings.push_back({Health::kFailure, subject, failure_words(std::current_exception())});
    return;
  }
  std::error_code error;
  const auto space = static_cast<double>(fs::space(nearest_existing(folder), error).available);
  const bool little = !error && space < kLittleSpace * kGibibyte;
  findings.push_back({little ? Health::kWarning : Health::kOk, subject,
                      fmt::format("{}, {} free{}", folder.string(), in_gibibytes(space),
                                  little ? "; make room or name another folder" : "")});
}

}  // namespace

std::vector<Finding> check_installation(const InstallationFolders& folders) {
  std::vector<Finding> findings;
  const std::pair<const char*, std::function<void()>> checks[] = {
      {"worker", [&] { check_worker(findings); }},
      {"cores", [&] { check_cores(findings); }},
      {"memory", [&] { check_memory(findings); }},
      {"plugins", [&] { check_plugins(folders, findings); }},
      {"suites", [&] { check_suites(findings); }},
      {"data", [&] { check_data(folders.data, findings); }},
      {"cache folder",
       [&] { check_folder("cache folder", folders.cache, "--cache-dir names another folder", findings); }},
  };
  for (const auto& [subject, check] : checks) {
    try {
      check();
    } catch (const std::exception&) {
      findings.push_back({Health::kFailure, subject, failure_words(std::current_exception())});
    }
  }
  return findings;
}

namespace {

/// Files that runs left: none that is listed may be missing or another one.
void check_artefacts(const ResultsDatabase& database, std::vector<Finding>& findings) {
  constexpr std::size_t kMostNamed = 10;
  std::vector<std::string> faults;
  const auto artefacts = all_artefacts(database);
  for (const auto& [run_id, artefact] : artefacts) {
    const auto file = artefact_file(database, artefact);
    std::error_code ignored;
    if (!fs::exists(file, ignored))
      faults.push_back(fmt::format("{} of run {} is missing", artefact.path, run_id));
    else if (sha256_of_file(file) != artefact.sha256)
      faults.push_back(fmt::format("{} of run {} is not what the run left", artefact.path, run_id));
  }
  constexpr const char* kRemedy = "put it back, or make the run again: rraebench run SUITE --keep ...";
  for (std::size_t i = 0; i < std::min(faults.size(), kMostNamed); ++i)
    findings.push_back({Health::kFailure, "artefacts", fmt::format("{}; {}", faults[i], kRemedy)});
  if (faults.size() > kMostNamed)
    findings.push_back(
        {Health::kFailure, "artefacts", fmt::format("and {} more", faults.size() - kMostNamed)});
  if (faults.empty() && !artefacts.empty())
    findings.push_back(
        {Health::kOk, "artefacts", fmt::format("{} files, all as the runs left them", artefacts.size())});
}

}  // namespace

std::vector<Finding> check_results(const fs::path& path) {
  std::vector<Finding> findings;
  check_folder("results folder", fs::absolute(path).parent_path(), "--db names another file", findings);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    findings.push_back({Health::kOk, "results", path.string() + ": not there yet"});
    return findings;
  }
  try {
    const auto database = ResultsDatabase::open_read_only(path);
    const auto damage = find_damage(database);
    for (const auto& fault : damage)
      findings.push_back(
          {Health::kFailure, "results",
           fmt::format("{}: {}; take a copy that is whole, or `rraebench merge` what can be read",
                       path.string(), fault)});
    if (damage.empty())
      findings.push_back(
          {Health::kOk, "results", fmt::format("{}: whole, schema {}", path.string(), schema_version())});
    check_artefacts(database, findings);
  } catch (const std::exception&) {
    findings.push_back({Health::kFailure, "results", failure_words(std::current_exception())});
  }
  return findings;
}

}  // namespace rraebench
