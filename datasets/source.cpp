#include "datasets/source.hpp"

#include <algorithm>
#include <cstring>

namespace rraebench {
namespace {

template <typename Value>
RawSplit own(std::vector<Value> values, std::vector<std::int64_t> shape, ElementType type) {
  const auto owner = std::make_shared<const std::vector<Value>>(std::move(values));
  RawSplit split;
  split.type = type;
  split.shape = std::move(shape);
  split.data = std::shared_ptr<const void>(owner, owner->data());
  return split;
}

}  // namespace

std::size_t RawSplit::sample_bytes() const {
  std::size_t bytes = type == ElementType::kByte    ? 1
                      : type == ElementType::kFloat ? sizeof(float)
                                                    : sizeof(double);
  for (std::size_t d = 1; d < shape.size(); ++d) bytes *= static_cast<std::size_t>(shape[d]);
  return bytes;
}

RawSplit RawSplit::rows(std::int64_t first, std::int64_t last) const {
  RawSplit part;
  part.type = type;
  part.shape = shape;
  part.shape.front() = last - first;
  part.data = std::shared_ptr<const void>(data, bytes() + static_cast<std::size_t>(first) * sample_bytes());
  if (!labels.empty()) part.labels.assign(labels.begin() + first, labels.begin() + last);
  const auto width = static_cast<std::int64_t>(parameters.size()) / std::max<std::int64_t>(size(), 1);
  part.parameters.assign(parameters.begin() + first * width, parameters.begin() + last * width);
  return part;
}

RawSplit RawSplit::chosen(const std::vector<std::int64_t>& order) const {
  const auto size_of_one = sample_bytes();
  const auto copy = std::make_shared<std::vector<unsigned char>>(order.size() * size_of_one);
  RawSplit part;
  part.type = type;
  part.shape = shape;
  part.shape.front() = static_cast<std::int64_t>(order.size());
  const auto width = static_cast<std::int64_t>(parameters.size()) / std::max<std::int64_t>(size(), 1);
  for (std::size_t n = 0; n < order.size(); ++n) {
    const auto from = order[n];
    std::memcpy(copy->data() + n * size_of_one, bytes() + static_cast<std::size_t>(from) * size_of_one,
                size_of_one);
    if (!labels.empty()) part.labels.push_back(labels[static_cast<std::size_t>(from)]);
    part.parameters.insert(part.parameters.end(), parameters.begin() + from * width,
                           parameters.begin() + (from + 1) * width);
  }
  part.data = std::shared_ptr<const void>(copy, copy->data());
  return part;
}

RawSplit byte_split(std::vector<std::uint8_t> values, std::vector<std::int64_t> shape) {
  return own(std::move(values), std::move(shape), ElementType::kByte);
}

RawSplit float_split(std::vector<float> values, std::vector<std::int64_t> shape) {
  return own(std::move(values), std::move(shape), ElementType::kFloat);
}

RawSplit double_split(std::vector<double> values, std::vector<std::int64_t> shape) {
  return own(std::move(values), std::move(shape), ElementType::kDouble);
}

Presence embedded(const std::filesystem::path& /*data_dir*/) {
  return {true, "embedded"};
}

bool is_file(const std::filesystem::path& path) {
  std::error_code ignored;  // What cannot be looked at counts as missing.
  return std::filesystem::is_regular_file(path, ignored);
}

std::filesystem::path source_folder(const std::filesystem::path& data_dir, const char* name) {
  std::error_code ignored;
  return std::filesystem::is_directory(data_dir / name, ignored) ? data_dir / name : data_dir;
}

Presence locate_files(const std::filesystem::path& folder, const std::vector<std::string>& files) {
  for (const auto& file : files)
    if (!is_file(folder / file) && !is_file(folder / (file + ".gz")))
      return {false, "missing: " + file + " in " + folder.string() + " (--data-dir)"};
  return {true, "present in " + folder.string()};
}

RawSplit first_samples(const RawSplit& split, const Options& options, const std::string& option,
                       const std::string& where) {
  const auto wanted = options.integer(option);
  if (wanted > split.size())
    throw OptionError("option '" + option + "' is " + std::to_string(wanted) + " but " + where + " holds " +
                      std::to_string(split.size()) + " samples; 0 takes them all");
  return wanted == 0 ? split : split.rows(0, wanted);
}

void hold_out_validation(RawDataset& dataset, const Options& options) {
  const auto count = options.integer("validation_count");
  if (count == 0) return;
  const auto rest = dataset.train.size() - count;
  if (rest < 1)
    throw OptionError("option 'validation_count' is " + std::to_string(count) + " but there are only " +
                      std::to_string(dataset.train.size()) +
                      " training samples, of which at least one must stay");
  dataset.validation = dataset.train.rows(rest, dataset.train.size());
  dataset.train = dataset.train.rows(0, rest);
}

}  // namespace rraebench
