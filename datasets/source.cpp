#include "datasets/source.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

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

std::vector<std::filesystem::path> own_places(const std::filesystem::path& wanted,
                                              const DataFolders& folders) {
  if (wanted.is_absolute()) return {wanted};
  std::vector<std::filesystem::path> places;
  if (!folders.suite_dir.empty()) places.push_back(folders.suite_dir / wanted);
  places.push_back(wanted);
  places.push_back(folders.data_dir / wanted);
  return places;
}

std::string words_of_own_places(const DataFolders& folders) {
  std::error_code ignored;
  const auto current = std::filesystem::current_path(ignored).string();
  return (folders.suite_dir.empty() ? "" : "beside the suite (" + folders.suite_dir.string() + "), ") +
         "in the current folder (" + current + ") or in " + folders.data_dir.string() + " (--data-dir)";
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

std::vector<std::int64_t> samples_in_use(const Options& options, const std::string& part,
                                         std::int64_t available, const std::string& where) {
  const auto option = part + "_count";
  const auto wanted = options.integer(option);
  if (wanted > available)
    throw OptionError("option '" + option + "' is " + std::to_string(wanted) + " but " + where + " has " +
                      std::to_string(available) + " samples; 0 takes them all");
  std::vector<std::int64_t> rows(static_cast<std::size_t>(available));
  std::iota(rows.begin(), rows.end(), 0);
  if (wanted == 0) return rows;
  const auto seed = part == "train" ? options.integer("train_seed") : 0;
  if (seed != 0) {
    // Fisher and Yates, by hand: the standard library's shuffles differ between its makers.
    std::mt19937_64 generator(static_cast<std::uint64_t>(seed));
    for (std::int64_t n = 0; n < wanted; ++n) {
      const auto other =
          n + static_cast<std::int64_t>(generator() % static_cast<std::uint64_t>(available - n));
      std::swap(rows[static_cast<std::size_t>(n)], rows[static_cast<std::size_t>(other)]);
    }
  }
  rows.resize(static_cast<std::size_t>(wanted));
  std::sort(rows.begin(), rows.end());
  return rows;
}

RawSplit samples_in_use(const RawSplit& split, const Options& options, const std::string& part,
                        const std::string& where) {
  const auto rows = samples_in_use(options, part, split.size(), where);
  const auto count = static_cast<std::int64_t>(rows.size());
  if (count == 0) return split;
  return rows.back() == count - 1 ? split.rows(0, count) : split.chosen(rows);
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
