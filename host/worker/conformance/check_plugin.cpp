#include "host/worker/conformance/check_plugin.hpp"

#include "host/common/common_options.hpp"
#include "host/common/option_files.hpp"
#include "host/worker/conformance/checks.hpp"
#include "host/worker/plugin_library.hpp"
#include "host/worker/torch_errors.hpp"

#include <c10/util/StringUtil.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string_view>

namespace rraebench {
namespace {

/// {"beta": "0.1"} of "beta=0.1". Throws OptionError for what the rules do not take, and for a file that is
/// not there: a slip of these is no fault of the plugin.
std::map<std::string, std::string> read_options(const std::vector<std::string>& settings,
                                                const std::vector<OptionRule>& rules) {
  const auto rule_of = [&](const std::string& name) {
    return std::find_if(rules.begin(), rules.end(),
                        [&](const OptionRule& rule) { return rule.name == name; });
  };
  std::map<std::string, std::string> options;
  for (const auto& setting : settings) {
    const auto equals = std::min(setting.find('='), setting.size());
    auto name = setting.substr(0, equals);
    const bool where_required = !name.empty() && name.back() == '?';
    if (where_required) name.pop_back();
    const auto rule = rule_of(name);
    if (where_required && (rule == rules.end() || rule->default_value != nullptr)) continue;
    auto value = setting.substr(std::min(equals + 1, setting.size()));
    if (rule != rules.end() && rule->type == OptionType::kFile && !value.empty())
      value = find_option_file(name, value, std::filesystem::current_path()).path;
    options[name] = value;
  }
  const Options complete(rules, options);
  return options;
}

/// {1, 28, 28} of "1x28x28". Throws OptionError.
std::vector<std::int64_t> read_shape(const std::string& text) {
  std::vector<std::int64_t> shape;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('x', begin), text.size());
    std::int64_t extent = 0;
    constexpr std::int64_t kLargestExtent = 4096;
    if (!detail::parse_integer(text.substr(begin, end - begin), extent) || extent < 1 ||
        extent > kLargestExtent)
      throw OptionError("--shape is '" + text + "' but must be T or CxHxW, such as 200 or 1x28x28");
    shape.push_back(extent);
    begin = end + 1;
  }
  if (shape.size() != 1 && shape.size() != 3)
    throw OptionError("--shape is '" + text + "' but must be T or CxHxW, such as 200 or 1x28x28");
  return shape;
}

struct CheckOutcome {
  std::string fault;
  std::string call;
  std::string note;
  bool applies = true;
};

CheckOutcome try_promise(const ConformanceCheck& check, const TriedPlugin& plugin) {
  try {
    check.run(plugin);
    return {};
  } catch (const MeansNothing& reason) {
    return {"", "", reason.what(), false};
  } catch (const CallError& error) {
    return {error.what(), error.call(), "", true};
  } catch (const std::exception& error) {
    return {sentence_of(error), "", "", true};
  } catch (...) {
    return {sentence_of_unknown(), "", "", true};
  }
}

/// Of images, where curves do not fit: the shape is the model's to choose.
const std::vector<std::vector<std::int64_t>> kShapesOfImages = {{1, 28, 28}, {3, 32, 32}};

/// Tries `check`, which `plugin` failed, on images, and lets `plugin` be tried on those that fit from now on.
bool passes_on_images(const ConformanceCheck& check, TriedPlugin& plugin) {
  for (const auto& shape : kShapesOfImages) {
    const TriedPlugin on_images(plugin.library, plugin.options, shape);
    if (!try_promise(check, on_images).fault.empty()) continue;
    plugin.sample_shape = shape;
    return true;
  }
  return false;
}

}  // namespace

nlohmann::json describe_plugin(const std::string& file) {
  const PluginLibrary plugin(file);
  const auto& descriptor = plugin.descriptor();
  nlohmann::json options = nlohmann::json::array();
  for (const auto& rule : with_common_options(declared_options(plugin))) {
    // JSON has no infinities: a missing bound is null.
    const auto bound = [](double value) {
      return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
    };
    options.push_back(
        {{"name", rule.name},
         {"type", option_type_name(rule.type)},
         {"default", rule.default_value == nullptr ? nlohmann::json() : nlohmann::json(rule.default_value)},
         {"help", rule.help},
         {"minimum", bound(rule.minimum)},
         {"maximum", bound(rule.maximum)},
         {"choices", rule.choices}});
  }
  return {{"name", descriptor.name},         {"summary", descriptor.summary}, {"version", descriptor.version},
          {"citation", descriptor.citation}, {"abi", descriptor.abi},         {"options", options}};
}

void check_plugin(const std::string& file, const std::string& shape, const std::vector<std::string>& settings,
                  const std::function<void(const nlohmann::json& event)>& emit) {
  const PluginLibrary library(file);
  const auto sample_shape = shape.empty() ? std::vector<std::int64_t>{kTinySampleSize} : read_shape(shape);
  TriedPlugin plugin(library, read_options(settings, declared_options(library)), sample_shape);
  for (const auto& check : conformance_checks()) {
    emit({{"begins", check.promise}});
    auto outcome = try_promise(check, plugin);
    if (!outcome.fault.empty() && shape.empty() && std::string_view(check.name) == "shapes" &&
        passes_on_images(check, plugin))
      outcome = {
          "", "",
          c10::str("on images of ", c10::Join(" x ", plugin.sample_shape), ", since curves do not fit"),
          true};
    emit({{"fault", outcome.fault},
          {"call", outcome.call},
          {"note", outcome.note},
          {"applies", outcome.applies}});
  }
}

}  // namespace rraebench
