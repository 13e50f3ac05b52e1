#include "host/program/suites/toml_reader.hpp"

#include "host/common/errors.hpp"
#include "rraebench/options.hpp"

#include <algorithm>

namespace rraebench {
namespace {

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return std::to_string(value->get());
  if (const auto* value = node.as_floating_point()) return detail::number_text(value->get());
  if (const auto* value = node.as_boolean()) return value->get() ? "true" : "false";
  return std::nullopt;
}

}  // namespace

TomlReader::TomlReader(std::string file, std::string where, const toml::table& table,
                       const std::vector<std::string>& known)
    : TomlReader(std::move(file), std::move(where), table) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (std::find(known.begin(), known.end(), name) == known.end())
      fail(name, "no such key; " + suggest_name(name, known));
  }
}

TomlReader TomlReader::with_defaults(const TomlReader& defaults) const {
  auto reader = *this;
  reader.defaults_ = &defaults.table_;
  return reader;
}

std::vector<std::string> TomlReader::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, node] : table_) names.emplace_back(key.str());
  return names;
}

const toml::node* TomlReader::find(const std::string& key) const {
  const auto* own = table_.get(key);
  return own == nullptr && defaults_ != nullptr ? defaults_->get(key) : own;
}

std::string TomlReader::place(const std::string& key) const {
  const auto* node = find(key);
  const auto line = node != nullptr ? node->source().begin.line : table_.source().begin.line;
  return file_ + ":" + std::to_string(line) + ": " + (where_.empty() ? "" : "[" + where_ + "] ") + "'" + key +
         "': ";
}

void TomlReader::fail(const std::string& key, const std::string& what) const {
  throw UserError(place(key) + what);
}

bool TomlReader::is_empty_list(const std::string& key) const {
  const auto* node = find(key);
  const auto* array = node == nullptr ? nullptr : node->as_array();
  return array != nullptr && array->empty();
}

const toml::node& TomlReader::required(const std::string& key) const {
  const auto* node = find(key);
  if (node == nullptr) fail(key, "is missing");
  return *node;
}

std::string TomlReader::text(const std::string& key) const {
  const auto* value = required(key).as_string();
  if (value == nullptr || value->get().empty()) fail(key, "must be text");
  return value->get();
}

std::string TomlReader::text(const std::string& key, const std::string& otherwise) const {
  return has(key) ? text(key) : otherwise;
}

std::int64_t TomlReader::integer(const std::string& key, std::int64_t otherwise, std::int64_t minimum,
                                 std::int64_t maximum) const {
  if (!has(key)) return otherwise;
  const auto* value = required(key).as_integer();
  if (value == nullptr) fail(key, "must be an integer of at least " + std::to_string(minimum));
  if (value->get() < minimum)
    fail(key, "is " + std::to_string(value->get()) + " but must be an integer of at least " +
                  std::to_string(minimum));
  if (value->get() > maximum)
    fail(key, "is " + std::to_string(value->get()) + " but must be at most " + std::to_string(maximum));
  return value->get();
}

double TomlReader::real(const std::string& key, double minimum, double maximum) const {
  const auto value = required(key).value<double>();
  if (!value || !(*value >= minimum) || !std::isfinite(*value))
    fail(key, "must be a finite number of at least " + detail::number_text(minimum));
  if (*value > maximum)
    fail(key, "is " + detail::number_text(*value) + " but must be at most " + detail::number_text(maximum));
  return *value;
}

double TomlReader::real(const std::string& key, double otherwise, double minimum, double maximum) const {
  return has(key) ? real(key, minimum, maximum) : otherwise;
}

std::vector<std::int64_t> TomlReader::integers(const std::string& key, std::int64_t minimum,
                                               std::int64_t maximum) const {
  const auto* array = required(key).as_array();
  std::vector<std::int64_t> values;
  if (array == nullptr || array->empty()) fail(key, "must be a list of integers");
  for (const auto& node : *array) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < minimum || value->get() > maximum)
      fail(key,
           "must be a list of integers from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    values.push_back(value->get());
  }
  return values;
}

std::vector<std::string> TomlReader::texts(const std::string& key) const {
  const auto* array = required(key).as_array();
  std::vector<std::string> values;
  if (array == nullptr || array->empty()) fail(key, "must be a list of texts");
  for (const auto& node : *array) {
    const auto* value = node.as_string();
    if (value == nullptr) fail(key, "must be a list of texts");
    values.push_back(value->get());
  }
  return values;
}

std::vector<std::string> TomlReader::scalars(const std::string& key) const {
  const auto* array = required(key).as_array();
  std::vector<std::string> values;
  if (array == nullptr || array->empty()) fail(key, "must be a list of values");
  for (const auto& node : *array) {
    const auto value = scalar_text(node);
    if (!value) fail(key, "must be a list of numbers, texts, true or false");
    values.push_back(*value);
  }
  return values;
}

OptionValues TomlReader::options(const std::string& key) const {
  return has(key) ? open_table(key).options_except({}) : OptionValues{};
}

OptionValues TomlReader::options_except(const std::vector<std::string>& except) const {
  OptionValues values;
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::find(except.begin(), except.end(), name) != except.end()) continue;
    const auto value = scalar_text(node);
    if (!value) fail(name, "must be a number, text, true or false");
    values[name] = *value;
  }
  return values;
}

TomlReader TomlReader::open_table(const std::string& key) const {
  const auto* table = required(key).as_table();
  if (table == nullptr) fail(key, "must be a table");
  return {file_, where_.empty() ? key : where_ + "." + key, *table};
}

TomlReader TomlReader::table(const std::string& key, const std::vector<std::string>& known) const {
  const auto open = open_table(key);
  return {open.file_, open.where_, open.table_, known};
}

std::vector<TomlReader> TomlReader::tables(const std::string& key,
                                           const std::vector<std::string>& known) const {
  const auto* array = required(key).as_array();
  std::vector<TomlReader> readers;
  if (array == nullptr || array->empty()) fail(key, "must be a list of tables");
  for (const auto& node : *array) {
    const auto* table = node.as_table();
    if (table == nullptr) fail(key, "must be a list of tables");
    readers.push_back({file_, where_.empty() ? key : where_ + "." + key, *table, known});
  }
  return readers;
}

}  // namespace rraebench
