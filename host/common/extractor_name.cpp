#include "host/common/extractor_name.hpp"

#include "datasets/sha256.hpp"
#include "host/common/plain_count.hpp"
#include "host/common/suite_paths.hpp"

#include <utility>

namespace rraebench {
namespace {

constexpr const char* kTorchScript = "torchscript:";

/// What follows `prefix` in `name`.
std::optional<std::string> rest_after(const std::string& name, const std::string& prefix) {
  if (name.rfind(prefix, 0) != 0) return std::nullopt;
  return name.substr(prefix.size());
}

}  // namespace

std::optional<ExtractorName> find_extractor(const std::string& name) {
  if (name == "classifier") return ExtractorName{ExtractorKind::kClassifier, 0, {}};
  if (const auto count = rest_after(name, "pca:"))
    if (const auto components = plain_count(*count))
      return ExtractorName{ExtractorKind::kPca, *components, {}};
  if (auto file = rest_after(name, kTorchScript); file && !file->empty())
    return ExtractorName{ExtractorKind::kTorchScript, 0, std::move(*file)};
  return std::nullopt;
}

std::string extractor_fault(const std::string& name) {
  if (find_extractor(name)) return "";
  return "no extractor '" + name + "'; known: " + kKnownExtractors;
}

std::string with_found_file(const std::string& name, const std::filesystem::path& folder) {
  const auto extractor = find_extractor(name);
  return extractor && !extractor->file.empty() ? kTorchScript + found_path(extractor->file, folder) : name;
}

std::string extractor_sha256(const std::string& name) {
  const auto extractor = find_extractor(name);
  return extractor && !extractor->file.empty() ? sha256_of_file(extractor->file) : std::string();
}

}  // namespace rraebench
