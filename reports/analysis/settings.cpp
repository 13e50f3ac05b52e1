#include "reports/analysis/settings.hpp"

#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace rraebench {
namespace {

using Json = nlohmann::json;

std::string text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string member(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) ? text(object[name]) : std::string();
}

std::int64_t count(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_number()
             ? object[name].get<std::int64_t>()
             : 0;
}

Json part(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) ? object[name] : Json();
}

/// All samples are used, and how many these are is said beside it.
bool takes_all(const std::string& name, const std::string& value) {
  const std::string ending = "_count";
  return value == "0" && name.size() > ending.size() &&
         name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

/// "size=32, variant=code"; what is empty, such as a file that is not given, says nothing.
std::string options(const Json& object) {
  std::string line;
  if (object.is_object())
    for (const auto& [name, value] : object.items())
      if (const auto written = text(value); !written.empty() && !takes_all(name, written))
        line += fmt::format("{}{}={}", line.empty() ? "" : ", ", name, written);
  return line;
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string line;
  for (const auto& entry : parts)
    if (!entry.empty()) line += (line.empty() ? "" : separator) + entry;
  return line;
}

std::string list(const Json& values) {
  std::vector<std::string> parts;
  if (values.is_array())
    for (const auto& value : values) parts.push_back(text(value));
  return joined(parts, ", ");
}

/// "1500 steps at 0.001, 2 epochs at 0.0001"
std::string stages(const Json& values) {
  std::vector<std::string> parts;
  if (values.is_array())
    for (const auto& stage : values) {
      const auto steps = count(stage, "steps");
      const auto amount = steps > 0 ? steps : count(stage, "epochs");
      parts.push_back(fmt::format("{} at {}", plural(amount, steps > 0 ? "step" : "epoch"),
                                  member(stage, "learning_rate")));
    }
  return joined(parts, ", ");
}

std::string data(const Json& spec) {
  std::vector<std::string> counts;
  const auto sizes = part(spec, "sample_counts");
  if (sizes.is_object())
    for (const char* split : {"train", "validation", "test"})
      if (count(sizes, split) > 0) counts.push_back(fmt::format("{} {}", count(sizes, split), split));
  const auto fingerprint = member(spec, "dataset_fingerprint");
  return joined({member(spec, "dataset"), options(part(spec, "dataset_options")), joined(counts, ", "),
                 fingerprint.empty() ? "" : "SHA-256 " + fingerprint.substr(0, 8)},
                " · ");
}

double share_of(const Json& plan) {
  const auto scale = part(plan, "scale");
  return scale.is_number() ? scale.get<double>() : 1.0;
}

std::string training(const Json& plan) {
  if (part(plan, "stages").empty()) return {};
  auto line = fmt::format("{}, batch {}; {}", member(plan, "optimiser"), member(plan, "batch_size"),
                          stages(part(plan, "stages")));
  if (const auto tuning = stages(part(plan, "fine_tuning")); !tuning.empty())
    line += "; fine tuning " + tuning;
  if (count(plan, "stagnation_window") > 0)
    line += fmt::format("; a stage ends where {} steps bring less than a share of {}",
                        member(plan, "stagnation_window"), member(plan, "stagnation_tolerance"));
  if (const auto windows = count(plan, "stagnation_count"); windows > 0)
    line += fmt::format(", {} times", windows);
  if (member(plan, "belief") == "previous") line += "; gradients compared with the mean before them";
  if (const double share = share_of(plan); share != 1.0)
    line += fmt::format("; of which a share of {}", text(share));
  if (const auto precision = member(plan, "precision"); !precision.empty())
    line += "; networks in " + precision;
  return line;
}

std::string features(const Json& spec) {
  const auto extractor = member(spec, "extractor");
  if (extractor.empty()) return {};
  const auto plan = part(spec, "features");
  const auto statistics = member(plan, "statistics");
  auto line = joined({extractor,
                      statistics.empty() ? "real samples of the " + member(spec, "reference_split") + " split"
                                         : "statistics of " + statistics,
                      list(part(plan, "metrics"))},
                     " · ");
  line += fmt::format(" · {} neighbours", member(plan, "neighbours"));
  if (count(plan, "bootstrap") > 0)
    line += fmt::format(" · {} bootstrap replicates", member(plan, "bootstrap"));
  return line;
}

std::string interpolation(const Json& spec) {
  if (part(spec, "interpolates") != Json(true)) return {};
  const auto plan = part(spec, "interpolation");
  if (member(plan, "kind") != "pairs") return "linear in the parameters of the training grid";
  const auto sets = count(plan, "sets");
  return fmt::format("{} pairs, {} steps between{}", member(plan, "pairs"), member(plan, "steps"),
                     sets > 1 ? fmt::format(", {} sets", sets) : "");
}

std::string generation(const Json& spec) {
  if (part(spec, "generates") != Json(true)) return {};
  const auto plan = part(spec, "generation");
  if (part(plan, "samplers").empty()) return {};  // Samples that were made elsewhere.
  return fmt::format("{} samples by {}", member(plan, "count"), list(part(plan, "samplers")));
}

}  // namespace

std::vector<Setting> settings_of(const std::string& spec_json) {
  const auto spec = Json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  std::vector<Setting> settings;
  if (!spec.is_object() || !spec.contains("training")) return settings;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) settings.emplace_back(name, value);
  };
  add("Data", data(spec));
  add("Network", joined({member(spec, "network_family"), options(part(spec, "network_options"))}, " · "));
  add("Training", training(part(spec, "training")));
  add("Features", features(spec));
  add("Interpolation", interpolation(spec));
  add("Generation", generation(spec));
  if (const auto device = member(spec, "device"); device != "cpu") add("Device", device);
  return settings;
}

std::map<std::string, std::string> model_options(const std::string& spec_json) {
  const auto spec = Json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  std::map<std::string, std::string> found;
  const auto given = part(spec, "options");
  if (given.is_object())
    for (const auto& [name, value] : given.items())
      if (const auto written = text(value); !written.empty()) found[name] = written;
  // Files by their name and what tells two of one name apart.
  const auto files = part(spec, "option_files");
  if (files.is_object())
    for (const auto& [name, path] : files.items())
      found[name] = std::filesystem::path(text(path)).filename().string() + "@" +
                    member(part(spec, "option_files_sha256"), name.c_str()).substr(0, 8);
  return found;
}

std::set<std::string> samplers_of(const std::string& spec_json) {
  const auto spec = Json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  std::set<std::string> samplers;
  for (const auto& sampler : part(part(spec, "generation"), "samplers")) samplers.insert(text(sampler));
  return samplers;
}

double budget_share(const std::string& spec_json) {
  return share_of(part(Json::parse(spec_json, nullptr, /*allow_exceptions=*/false), "training"));
}

std::pair<std::vector<Setting>, std::vector<std::vector<Setting>>> split_settings(
    const std::vector<std::vector<Setting>>& all) {
  std::pair<std::vector<Setting>, std::vector<std::vector<Setting>>> split;
  split.second.resize(all.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const auto& setting : all[i]) {
      const bool common = std::all_of(all.begin(), all.end(), [&](const std::vector<Setting>& other) {
        return other.empty() || std::find(other.begin(), other.end(), setting) != other.end();
      });
      if (!common)
        split.second[i].push_back(setting);
      else if (std::find(split.first.begin(), split.first.end(), setting) == split.first.end())
        split.first.push_back(setting);
    }
  return split;
}

std::vector<std::string> option_lines(const std::vector<std::map<std::string, std::string>>& models) {
  const auto differs = [&](const std::string& name) {
    const auto& first = models.front();
    const auto value = first.find(name);
    return std::any_of(models.begin(), models.end(), [&](const auto& other) {
      const auto found = other.find(name);
      return (found == other.end()) != (value == first.end()) ||
             (found != other.end() && found->second != value->second);
    });
  };
  std::vector<std::string> lines;
  for (const auto& model : models) {
    std::string line;
    for (const bool different : {true, false})
      for (const auto& [name, value] : model)
        if (differs(name) == different) line += fmt::format("{}{}={}", line.empty() ? "" : ", ", name, value);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace rraebench
