#include "host/program/planning/path_notes.hpp"

#include "datasets/catalog.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/suite_paths.hpp"

#include <filesystem>
#include <system_error>

namespace rraebench {

std::vector<std::string> notes_of_paths(const RunSpec& spec, const std::string& folder,
                                        const std::string& data_dir) {
  std::vector<std::string> notes;
  const auto note = [&](const std::string& path, const std::vector<std::filesystem::path>& places) {
    std::vector<std::filesystem::path> there;
    std::error_code ignored;
    for (const auto& place : places)
      if (std::filesystem::exists(place, ignored) &&
          (there.empty() || !std::filesystem::equivalent(there.front(), place, ignored)))
        there.push_back(std::filesystem::absolute(place).lexically_normal());
    if (there.size() > 1 && !path.empty() && found_path(path, folder) != path)
      notes.push_back(there[0].string() + " is taken, beside the suite, and not " + there[1].string());
  };
  for (const auto& option : dataset_description(spec.dataset).path_options) {
    const auto& path = spec.dataset_options.at(option);
    note(path, own_places(path, {data_dir, {}, {}, folder}));
  }
  if (const auto extractor = find_extractor(spec.extractor))
    note(extractor->file, {folder / std::filesystem::path(extractor->file), extractor->file});
  note(spec.features.statistics,
       {folder / std::filesystem::path(spec.features.statistics), spec.features.statistics});
  return notes;
}

}  // namespace rraebench
