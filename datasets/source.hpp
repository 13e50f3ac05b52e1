#pragma once
// Implements: what a data source is: a description that needs no data, a look at whether its files are there,
// and the reading of them. Without LibTorch, so that `rraebench list` starts at once; load.hpp makes tensors
// of what is read here.

#include "rraebench/options.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

struct DatasetDescription {
  const char* name;     // "mnist".
  const char* summary;  // One line.
  const char* shape;    // For people: "1 x 28 x 28", "200".
  const char* counts;   // For people: "60000 train, 10000 test".
  const char* citation;
  const char* licence;
  std::vector<OptionRule> options;
  /// Options that "name:A,B" sets, in this order: "images:FOLDER" sets the first of images' to FOLDER.
  std::vector<std::string> argument_options = {};
  /// Options that name files or folders of the user's own, as own_places() has them.
  std::vector<std::string> path_options = {};
};

enum class ElementType { kByte, kFloat, kDouble };

/// Samples as they lie in memory or in a mapped file, row-major, never written to.
struct RawSplit {
  ElementType type = ElementType::kFloat;
  std::vector<std::int64_t> shape;   // N x T floats; N x C x H x W floats or bytes.
  std::shared_ptr<const void> data;  // Keeps alive what it points to.
  std::vector<std::int64_t> labels;  // N, or empty.
  std::vector<double> parameters;    // N x P, or empty.

  std::int64_t size() const { return shape.empty() ? 0 : shape.front(); }
  /// Of one sample.
  std::size_t sample_bytes() const;
  const unsigned char* bytes() const { return static_cast<const unsigned char*>(data.get()); }
  /// Samples [first, last), sharing the data.
  RawSplit rows(std::int64_t first, std::int64_t last) const;
  /// Samples `order`, copied.
  RawSplit chosen(const std::vector<std::int64_t>& order) const;
};

/// Takes over `values`; `shape` as in RawSplit.
RawSplit byte_split(std::vector<std::uint8_t> values, std::vector<std::int64_t> shape);
RawSplit float_split(std::vector<float> values, std::vector<std::int64_t> shape);
RawSplit double_split(std::vector<double> values, std::vector<std::int64_t> shape);

struct RawDataset {
  RawSplit train;
  RawSplit validation;  // May be empty.
  RawSplit test;
  std::vector<std::vector<double>> grid;                 // As Dataset::grid.
  std::optional<std::pair<double, double>> value_range;  // None: that of the training samples.
  std::string fingerprint;                               // As Dataset::fingerprint.
  std::vector<std::string> notes;                        // As Dataset::notes.
};

/// Work that takes long, such as decoding images for the first time. May throw to give it up.
using DataProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Called from the loading thread alone; may be empty.
struct DataHooks {
  DataProgress progress = {};
  std::function<void(const std::string& text)> waiting =
      {};  // For which file, where another process makes it.
};

struct DataFolders {
  std::filesystem::path data_dir;
  std::filesystem::path cache_dir;  // For what is made from the data once; made when needed.
  DataHooks hooks = {};
  std::filesystem::path suite_dir = {};  // Of the suite that names the data; empty: none does.
};

struct Presence {
  bool present = false;
  std::string text;  // "embedded", "present in FOLDER", "missing: FILE in FOLDER (--data-dir)".
};

struct DataSource {
  DatasetDescription description;
  /// `options` are the description's, complete. Throws DatasetError for missing or bad files, OptionError for
  /// options that the files do not allow.
  RawDataset (*load)(const Options& options, const DataFolders& folders);
  Presence (*locate)(const std::filesystem::path& data_dir);
};

// What several sources do alike.

Presence embedded(const std::filesystem::path& data_dir);

bool is_file(const std::filesystem::path& path);

/// Where that may lie which the user names: beside the suite, in the current folder, in the data folder. The
/// first of them is meant that is there.
std::vector<std::filesystem::path> own_places(const std::filesystem::path& wanted,
                                              const DataFolders& folders);

/// "beside the suite (FOLDER), in the current folder (FOLDER) or in FOLDER (--data-dir)"
std::string words_of_own_places(const DataFolders& folders);

/// `data_dir`/`name`, or `data_dir` itself where there is no such folder.
std::filesystem::path source_folder(const std::filesystem::path& data_dir, const char* name);

/// "present in FOLDER" if the folder holds every file (or the file plus ".gz"), else which is missing.
Presence locate_files(const std::filesystem::path& folder, const std::vector<std::string>& files);

/// Which of `available` samples of `part` ("train", "validation" or "test") are in use, rising: as many as
/// option "PART_count" says, all where it says 0, and of the training samples the first or, where option
/// "train_seed" is not 0, a random choice. Throws OptionError if `where` has fewer.
std::vector<std::int64_t> samples_in_use(const Options& options, const std::string& part,
                                         std::int64_t available, const std::string& where);

/// Those of `split`.
RawSplit samples_in_use(const RawSplit& split, const Options& options, const std::string& part,
                        const std::string& where);

/// Moves the last training samples, as many as option "validation_count" says, to the validation split.
void hold_out_validation(RawDataset& dataset, const Options& options);

}  // namespace rraebench
