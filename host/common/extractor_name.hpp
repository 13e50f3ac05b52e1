#pragma once
// Implements: the names of the extractors that a suite may take features with.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace rraebench {

enum class ExtractorKind {
  kClassifier,   // "classifier": trained on the data set's labels.
  kPca,          // "pca:K": K principal components of the training samples.
  kTorchScript,  // "torchscript:FILE": a network in a file.
};

struct ExtractorName {
  ExtractorKind kind = ExtractorKind::kClassifier;
  std::int64_t components = 0;  // Of PCA.
  std::string file;             // Of TorchScript.
};

/// For messages: what a suite may name.
constexpr const char* kKnownExtractors = "classifier, pca:K, torchscript:FILE";

/// nullopt for a name of none.
std::optional<ExtractorName> find_extractor(const std::string& name);

/// Empty, or what is wrong with an extractor's name.
std::string extractor_fault(const std::string& name);

/// `name` with its file, where it has one, as found_path() finds it from `folder`.
std::string with_found_file(const std::string& name, const std::filesystem::path& folder);

/// Of the file that `name` has in it, so that another file is another run; empty where it has none. Throws as
/// sha256_of_file does.
std::string extractor_sha256(const std::string& name);

}  // namespace rraebench
