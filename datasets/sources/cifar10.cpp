// Implements: CIFAR-10 from those of its binary batches that are there.

#include "datasets/cifar_batch.hpp"
#include "datasets/error.hpp"
#include "datasets/sha256.hpp"
#include "datasets/source.hpp"
#include "datasets/source_options.hpp"

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "cifar-10-batches-bin";
constexpr const char* kTestFile = "test_batch.bin";
constexpr std::size_t kTrainingBatches = 5;

/// Training batches present, in their official order.
std::vector<fs::path> training_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (std::size_t number = 1; number <= kTrainingBatches; ++number)
    if (auto path = folder / ("data_batch_" + std::to_string(number) + ".bin"); is_file(path))
      files.push_back(std::move(path));
  return files;
}

std::string missing_batches(const std::vector<fs::path>& present) {
  std::string names;
  for (const auto& file : present) names += (names.empty() ? "" : ", ") + file.filename().string();
  return "cifar10: only " + std::to_string(present.size()) + " of 5 training batches are there and used (" +
         names + ")";
}

RawSplit read_split(const std::vector<fs::path>& files) {
  CifarBatch batch;
  for (const auto& file : files) read_cifar_batch(file, batch);
  const auto count = static_cast<std::int64_t>(batch.labels.size());
  auto split = byte_split(std::move(batch.pixels), {count, 3, kCifarSide, kCifarSide});
  split.labels.assign(batch.labels.begin(), batch.labels.end());
  return split;
}

void add_to(Sha256& hash, const RawSplit& split) {
  hash.update(split.bytes(), static_cast<std::size_t>(split.size()) * split.sample_bytes());
  const std::vector<std::uint8_t> labels(split.labels.begin(), split.labels.end());
  hash.update(labels.data(), labels.size());
}

RawDataset load(const Options& options, const DataFolders& folders) {
  const auto folder = source_folder(folders.data_dir, kFolder);
  const auto files = training_files(folder);
  const auto missing = [&](const std::string& what) {
    throw DatasetError("no " + what + " in " + (folder.empty() ? "." : folder.string()) +
                       "; give --data-dir the folder whose " + kFolder +
                       "/ holds CIFAR-10's binary batches, or fetch them: rraebench download cifar10");
  };
  if (files.empty()) missing("data_batch_1.bin (nor any of the other four)");
  if (!is_file(folder / kTestFile)) missing(kTestFile);

  RawDataset dataset;
  dataset.train =
      samples_in_use(read_split(files), options, "train",
                     std::to_string(files.size()) + " of 5 training batches in " + folder.string());
  dataset.test =
      samples_in_use(read_split({folder / kTestFile}), options, "test", (folder / kTestFile).string());
  Sha256 hash;
  add_to(hash, dataset.train);
  add_to(hash, dataset.test);
  dataset.fingerprint = hash.hex();
  dataset.value_range = {0.0, 1.0};
  if (files.size() < kTrainingBatches) dataset.notes.push_back(missing_batches(files));
  hold_out_validation(dataset, options);
  return dataset;
}

Presence locate(const fs::path& data_dir) {
  const auto folder = source_folder(data_dir, kFolder);
  const auto files = training_files(folder);
  if (files.empty())
    return {false, "missing: data_batch_1.bin to data_batch_5.bin in " + folder.string() + " (--data-dir)"};
  if (!is_file(folder / kTestFile))
    return {false, std::string("missing: ") + kTestFile + " in " + folder.string() + " (--data-dir)"};
  std::uintmax_t bytes = 0;
  for (const auto& file : files) {
    std::error_code ignored;
    if (const auto size = fs::file_size(file, ignored); !ignored) bytes += size;
  }
  return {true, "present in " + folder.string() + ": " + std::to_string(files.size()) +
                    " of 5 training batches, " + std::to_string(bytes / kCifarRecordBytes) +
                    " training images"};
}

}  // namespace

DataSource cifar10_source() {
  return {{"cifar10",
           "photographs of ten kinds of things",
           "3 x 32 x 32",
           "50000 train (fewer if batches are missing), 10000 test",
           "Krizhevsky: Learning multiple layers of features from tiny images, technical report, University "
           "of Toronto, 2009",
           "none stated by its authors; free to download and widely used for research",
           {normalisation_option("none"), train_count_option(), train_seed_option(),
            held_out_validation_option(), test_count_option()}},
          load,
          locate};
}

}  // namespace rraebench
