#pragma once
// Implements: the options that a plugin, a network family or a dataset declares, their check and their typed
// reading. Needs the standard library alone, so that the host checks a suite without loading LibTorch.

#include "rraebench/suggest.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

enum class OptionType {
  kInteger,
  kReal,
  kBoolean,
  kText,
  kFile,  // Since contract 3. A path; what the file holds belongs to the run's identity. Empty: no file.
};

/// One declared option: constant data, so that a table of them can lie in a plugin's read-only memory.
struct OptionRule {
  const char* name;
  OptionType type;
  const char* default_value;  // As a user would write it: "16", "1e-3", "true", "diagonal". Since contract 3
                              // nullptr: there is none, the user must give the option.
  const char* help;           // One line.
  double minimum = -std::numeric_limits<double>::infinity();  // Inclusive; numbers only.
  double maximum = std::numeric_limits<double>::infinity();   // Inclusive; numbers only.
  const char* choices = "";  // "a|b|c": of a text one_of() (empty: any text), of an integer bounded_by().
};

/// The rule of a text that must be one of `choices`, names with bars between them:
/// one_of({"noise", OptionType::kText, "posterior", "what is added"}, "posterior|singular").
constexpr OptionRule one_of(OptionRule rule, const char* choices) {
  rule.choices = choices;
  return rule;
}

/// The rule of an integer with what else it must not exceed, known only beside data and other options: names
/// with bars between them, each that of another integer option, or "batch" (samples of a training batch), or
/// "train" (training samples). The program checks it when it plans, so that such a setting costs no training.
constexpr OptionRule bounded_by(OptionRule rule, const char* names) {
  rule.choices = names;
  return rule;
}

/// What a user may get wrong about an option; the message names the option, the value and the remedy.
class OptionError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

inline const char* option_type_name(OptionType type) {
  switch (type) {
    case OptionType::kInteger:
      return "integer";
    case OptionType::kReal:
      return "real";
    case OptionType::kBoolean:
      return "boolean";
    case OptionType::kText:
      return "text";
    case OptionType::kFile:
      return "file";
  }
  return "text";
}

namespace detail {

inline bool parse_integer(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

inline bool parse_real(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

inline std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> parts;
  while (!choices.empty()) {
    const auto bar = choices.find('|');
    parts.emplace_back(choices.substr(0, bar));
    choices.remove_prefix(bar == std::string_view::npos ? choices.size() : bar + 1);
  }
  return parts;
}

/// The shortest text that reads back as the same number.
inline std::string number_text(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number).ptr;
  return {buffer, end};
}

}  // namespace detail

/// `value` in its one canonical spelling ("0.001" for "1e-3"), so that equal values compare equal as text.
/// Throws OptionError unless `rule` allows it.
inline std::string canonical_option(const OptionRule& rule, const std::string& value) {
  const auto fail = [&](const std::string& wanted) {
    throw OptionError("option '" + std::string(rule.name) + "' is '" + value + "' but must be " + wanted);
  };
  const auto in_range = [&](double number) {
    if (number < rule.minimum) fail("at least " + detail::number_text(rule.minimum));
    if (number > rule.maximum) fail("at most " + detail::number_text(rule.maximum));
  };
  switch (rule.type) {
    case OptionType::kInteger: {
      std::int64_t number = 0;
      if (!detail::parse_integer(value, number)) fail("an integer");
      in_range(static_cast<double>(number));
      return std::to_string(number);
    }
    case OptionType::kReal: {
      double number = 0;
      if (!detail::parse_real(value, number)) fail("a finite number");
      in_range(number);
      return detail::number_text(number);
    }
    case OptionType::kBoolean:
      if (value != "true" && value != "false") fail("true or false");
      return value;
    case OptionType::kText: {
      const auto choices = detail::split_choices(rule.choices);
      if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
        fail("one of " + join_names(choices));
      return value;
    }
    case OptionType::kFile:
      return value;
  }
  return value;
}

/// Option values, complete (defaults filled in) and checked. Reading an undeclared name is a programmer's
/// error and throws std::logic_error.
class Options {
 public:
  Options() = default;

  /// Throws OptionError for an unknown name, a value that its rule does not allow, or an option that has no
  /// default and is not given.
  Options(const std::vector<OptionRule>& rules, const std::map<std::string, std::string>& given) {
    std::vector<std::string> known;
    for (const auto& rule : rules) {
      known.emplace_back(rule.name);
      if (rule.default_value != nullptr) values_[rule.name] = canonical_option(rule, rule.default_value);
    }
    for (const auto& [name, value] : given)
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw OptionError("no option '" + name + "': " + suggest_name(name, known));
    for (const auto& rule : rules) {
      if (const auto found = given.find(rule.name); found != given.end()) {
        values_[rule.name] = canonical_option(rule, found->second);
      } else if (rule.default_value == nullptr) {
        throw OptionError("option '" + std::string(rule.name) + "' must be given: " + rule.help);
      }
    }
  }

  std::int64_t integer(const std::string& name) const {
    std::int64_t value = 0;
    if (!detail::parse_integer(text(name), value))
      throw std::logic_error("option '" + name + "' is not an integer");
    return value;
  }

  double real(const std::string& name) const {
    double value = 0;
    if (!detail::parse_real(text(name), value))
      throw std::logic_error("option '" + name + "' is not a number");
    return value;
  }

  bool boolean(const std::string& name) const { return text(name) == "true"; }

  const std::string& text(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::logic_error("option '" + name + "' was never declared");
    return found->second;
  }

  const std::map<std::string, std::string>& values() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace rraebench
