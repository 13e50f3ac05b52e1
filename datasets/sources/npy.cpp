// Implements: the user's own arrays, such as simulated curves or fields, from .npy files.

#include "datasets/error.hpp"
#include "datasets/npy_file.hpp"
#include "datasets/parameter_grid.hpp"
#include "datasets/sha256.hpp"
#include "datasets/source.hpp"
#include "datasets/source_options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr double kMostClasses = 10000;

/// Reads a file that an option names and adds its bytes to the fingerprint.
class ArrayReader {
 public:
  ArrayReader(const Options& options, const DataFolders& folders) : options_(options), folders_(folders) {}

  bool given(const std::string& option) const { return !options_.text(option).empty(); }

  fs::path path(const std::string& option) const {
    fs::path wanted = options_.text(option);
    if (wanted.is_absolute()) return wanted;
    for (auto& place : own_places(wanted, folders_))
      if (is_file(place)) return place;
    throw DatasetError("option '" + option + "': no file " + wanted.string() + " " +
                       words_of_own_places(folders_));
  }

  NpyArray read(const std::string& option) {
    auto array = read_npy_file(path(option));
    hash_.update(option.data(), option.size() + 1);
    std::string facts = {array.kind, static_cast<char>(array.item_size), static_cast<char>(array.big_endian),
                         static_cast<char>(array.fortran_order)};
    for (const auto extent : array.shape) facts += " " + std::to_string(extent);
    hash_.update(facts.data(), facts.size() + 1);
    hash_.update(array.data.data(), array.data.size());
    return array;
  }

  std::string fingerprint() const { return hash_.hex(); }

 private:
  const Options& options_;
  const DataFolders& folders_;
  Sha256 hash_;
};

template <typename Value>
void require_finite(const std::vector<Value>& values, std::int64_t sample_count, const std::string& file) {
  const auto wrong =
      std::find_if(values.begin(), values.end(), [](Value value) { return !std::isfinite(value); });
  if (wrong == values.end()) return;
  const auto size = static_cast<std::int64_t>(values.size()) / sample_count;
  throw DatasetError(file + ": sample " + std::to_string((wrong - values.begin()) / size) +
                     " holds a value that is not finite; remove or repair such samples");
}

void require_single_range(const std::vector<double>& values, std::int64_t sample_count,
                          const std::string& file) {
  constexpr double kMost = std::numeric_limits<float>::max();
  const auto wrong =
      std::find_if(values.begin(), values.end(), [](double value) { return std::abs(value) > kMost; });
  if (wrong == values.end()) return;
  const auto size = static_cast<std::int64_t>(values.size()) / sample_count;
  throw DatasetError(file + ": sample " + std::to_string((wrong - values.begin()) / size) +
                     " holds a value above 3.4e38, which does not fit single precision; save the samples in "
                     "a larger unit");
}

/// Types of which some values have no single-precision form.
bool is_wide(const NpyArray& array) {
  return array.kind == 'f' ? array.item_size == 8 : array.item_size >= 4;
}

RawSplit read_samples(ArrayReader& reader, const std::string& option) {
  const auto file = reader.path(option).string();
  const auto array = reader.read(option);
  auto shape = array.shape;
  if (shape.size() < 2 || shape.size() > 4)
    throw DatasetError(
        file + ": an array of " + std::to_string(shape.size()) +
        " dimensions, expected samples as N x T (curves), N x H x W or N x C x H x W (images)");
  if (shape.size() == 3) shape.insert(shape.begin() + 1, 1);
  if (array.is_bytes() && shape.size() == 4) return byte_split(npy_bytes(array), std::move(shape));
  if (is_wide(array)) {
    // Variation that is small beside the values would be lost in single precision.
    auto values = npy_doubles(array);
    require_finite(values, shape.front(), file);
    require_single_range(values, shape.front(), file);
    return double_split(std::move(values), std::move(shape));
  }
  auto values = npy_floats(array);
  require_finite(values, shape.front(), file);
  return float_split(std::move(values), std::move(shape));
}

void add_labels(ArrayReader& reader, const std::string& option, RawSplit& split) {
  if (!reader.given(option)) return;
  const auto file = reader.path(option).string();
  const auto array = reader.read(option);
  if (array.kind == 'f' || array.shape != std::vector<std::int64_t>{split.size()})
    throw DatasetError(file + ": expected " + std::to_string(split.size()) + " labels, one integer a sample");
  for (const double label : npy_doubles(array)) {
    if (label < 0 || label >= kMostClasses)
      throw DatasetError(file + ": a label that is not in 0 to " +
                         std::to_string(static_cast<int>(kMostClasses) - 1));
    split.labels.push_back(static_cast<std::int64_t>(label));
  }
}

void add_parameters(ArrayReader& reader, const std::string& option, RawSplit& split) {
  if (!reader.given(option)) return;
  const auto file = reader.path(option).string();
  const auto array = reader.read(option);
  if (array.shape.empty() || array.shape.size() > 2 || array.shape.front() != split.size())
    throw DatasetError(file + ": expected the parameters of " + std::to_string(split.size()) +
                       " samples, N or N x P");
  split.parameters = npy_doubles(array);
  require_finite(split.parameters, split.size(), file);
}

RawSplit read_split(ArrayReader& reader, const std::string& name) {
  auto split = read_samples(reader, name);
  add_labels(reader, name + "_labels", split);
  add_parameters(reader, name + "_parameters", split);
  return split;
}

/// Where one file has doubles and another floats, both become doubles.
void widen_alike(RawDataset& dataset) {
  RawSplit* const splits[] = {&dataset.train, &dataset.validation, &dataset.test};
  const bool wide = std::any_of(std::begin(splits), std::end(splits), [](const RawSplit* split) {
    return split->size() > 0 && split->type == ElementType::kDouble;
  });
  for (auto* split : splits) {
    if (!wide || split->size() == 0 || split->type != ElementType::kFloat) continue;
    const auto* values = static_cast<const float*>(split->data.get());
    const auto count = static_cast<std::size_t>(split->size()) * split->sample_bytes() / sizeof(float);
    auto widened = double_split({values, values + count}, split->shape);
    split->type = widened.type;
    split->data = std::move(widened.data);
  }
}

void require_alike(const RawSplit& train, const RawSplit& other, const std::string& file) {
  const bool bytes = train.type == ElementType::kByte;
  if (bytes != (other.type == ElementType::kByte) ||
      !std::equal(train.shape.begin() + 1, train.shape.end(), other.shape.begin() + 1, other.shape.end()))
    throw DatasetError(file + ": its samples have another shape or type than the training samples");
  if (other.parameters.size() * static_cast<std::size_t>(train.size()) !=
      train.parameters.size() * static_cast<std::size_t>(other.size()))
    throw DatasetError(file + ": give parameters for both the training samples and these, as many of each");
}

/// Interpolation wants training samples on a grid in row-major order: brings them into it if they form one.
void sort_into_grid(RawDataset& dataset) {
  auto& train = dataset.train;
  const auto count = train.size();
  if (train.parameters.empty() || count == 0) return;
  const auto dimensions = static_cast<std::int64_t>(train.parameters.size()) / count;
  const auto grid = find_grid(train.parameters, dimensions);
  if (!grid) return;
  dataset.grid = grid->axes;
  if (std::is_sorted(grid->order.begin(), grid->order.end())) return;
  train = train.chosen(grid->order);
}

RawDataset load(const Options& options, const DataFolders& folders) {
  for (const char* option : {"train", "test"})
    if (options.text(option).empty())
      throw DatasetError(std::string("data set 'npy' needs your files and lacks '") + option +
                         "'; give name = \"npy:TRAIN.npy,TEST.npy\", each relative to the suite, the "
                         "current folder or --data-dir");
  ArrayReader reader(options, folders);
  RawDataset dataset;
  dataset.train = read_split(reader, "train");
  if (reader.given("validation")) {
    dataset.validation = read_split(reader, "validation");
    require_alike(dataset.train, dataset.validation, reader.path("validation").string());
  }
  dataset.test = read_split(reader, "test");
  require_alike(dataset.train, dataset.test, reader.path("test").string());
  widen_alike(dataset);
  dataset.train = samples_in_use(dataset.train, options, "train", reader.path("train").string());
  sort_into_grid(dataset);
  if (dataset.train.type == ElementType::kByte) dataset.value_range = {0.0, 1.0};
  dataset.fingerprint = reader.fingerprint();
  if (options.integer("train_count") != 0)  // The files do not say which of their samples are in use.
    dataset.fingerprint = sha256_hex(dataset.fingerprint + " " + options.text("train_count") + " " +
                                     options.text("train_seed"));
  if (dataset.train.labels.empty() && !(dataset.test.labels.empty() && dataset.validation.labels.empty()))
    dataset.notes.emplace_back(
        "npy: labels are not used, since the training samples have none (train_labels)");
  return dataset;
}

Presence locate(const fs::path& data_dir) {
  return {false,
          "your own: npy:TRAIN.npy,TEST.npy[,TRAIN_PARAMETERS.npy,TEST_PARAMETERS.npy], beside the suite, in "
          "the current folder or in " +
              data_dir.string() + " (--data-dir)"};
}

}  // namespace

DataSource npy_source() {
  return {
      {"npy",
       "your own arrays of curves or images, with their parameters if there are any",
       "N x T, N x H x W or N x C x H x W",
       "as in your files",
       "your own",
       "your own",
       {normalisation_option("standardise"), text_option("train", "", "training samples: an .npy file"),
        text_option("test", "", "test samples: an .npy file"),
        text_option("train_parameters", "", "what the training samples were made from, N x P: an .npy file"),
        text_option("test_parameters", "", "the same of the test samples"),
        text_option("train_labels", "", "classes of the training samples, N integers: an .npy file"),
        text_option("test_labels", "", "the same of the test samples"),
        text_option("validation", "", "validation samples: an .npy file"),
        text_option("validation_parameters", "", "the same of the validation samples"),
        text_option("validation_labels", "", "the same of the validation samples"), train_count_option(),
        train_seed_option()},
       {"train", "test", "train_parameters", "test_parameters"},
       {"train", "train_parameters", "train_labels", "test", "test_parameters", "test_labels", "validation",
        "validation_parameters", "validation_labels"}},
      load,
      locate};
}

}  // namespace rraebench
