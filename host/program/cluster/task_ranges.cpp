#include "host/program/cluster/task_ranges.hpp"

#include "host/common/errors.hpp"
#include "rraebench/options.hpp"

#include <algorithm>

namespace rraebench {
namespace {

std::int64_t number_of(const std::string& text, const std::string& whole) {
  std::int64_t value = 0;
  if (!detail::parse_integer(text, value) || value < 0)
    throw UserError("'" + whole + "' is no list of tasks such as 0-3,7");
  return value;
}

}  // namespace

std::string range_text(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (std::size_t first = 0; first < numbers.size();) {
    auto last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(numbers[first]);
    if (last > first) text += "-" + std::to_string(numbers[last]);
    first = last + 1;
  }
  return text;
}

std::vector<std::int64_t> parse_ranges(const std::string& text) {
  std::vector<std::int64_t> numbers;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    const auto part = text.substr(at, end - at);
    const auto dash = part.find('-');
    const auto first = number_of(part.substr(0, dash), text);
    const auto last = dash == std::string::npos ? first : number_of(part.substr(dash + 1), text);
    for (auto number = first; number <= last; ++number) numbers.push_back(number);
    at = end + 1;
  }
  return numbers;
}

std::string TaskArray::indices() const {
  auto indices = tasks;
  for (auto& index : indices) index -= offset;
  return range_text(indices);
}

std::vector<TaskArray> split_into_arrays(std::vector<std::int64_t> tasks, std::int64_t max_array_size) {
  std::sort(tasks.begin(), tasks.end());
  std::vector<TaskArray> arrays;
  for (const auto task : tasks) {
    // An index is the task itself as long as it may be.
    if (arrays.empty() || task - arrays.back().offset >= max_array_size)
      arrays.push_back({task < max_array_size ? 0 : task, {}});
    arrays.back().tasks.push_back(task);
  }
  return arrays;
}

}  // namespace rraebench
