#include "reports/store/run_parts.hpp"

#include "reports/store/rows.hpp"

#include <nlohmann/json.hpp>

namespace rraebench {

std::vector<ImageRecord> images_of(const ResultsDatabase& database, std::int64_t run_id) {
  std::vector<ImageRecord> images;
  for_each_row(
      database,
      "SELECT protocol, name, variant, caption, width, height, content, format FROM image WHERE run_id = ? "
      "ORDER BY id",
      [&](Row& row) {
        auto& image = images.emplace_back();
        row.into(image.protocol, image.name, image.variant, image.caption, image.width, image.height,
                 image.content, image.format);
      },
      run_id);
  return images;
}

std::vector<std::string> notes_of(const ResultsDatabase& database, std::int64_t run_id) {
  std::vector<std::string> notes;
  for_each_row(
      database, "SELECT text FROM note WHERE run_id = ? ORDER BY position",
      [&](Row& row) { row.into(notes.emplace_back()); }, run_id);
  return notes;
}

namespace {

constexpr const char* kArtefactColumns = "what, variant, split, path, sha256, shape, bytes";

ArtefactRecord read_artefact(Row& row) {
  ArtefactRecord a;
  std::string shape;
  row.into(a.what, a.variant, a.split, a.path, a.sha256, shape, a.bytes);
  const auto sizes = nlohmann::json::parse(shape, nullptr, /*allow_exceptions=*/false);
  if (sizes.is_array())
    for (const auto& size : sizes)
      if (size.is_number_integer()) a.shape.push_back(size.get<std::int64_t>());
  return a;
}

}  // namespace

std::vector<ArtefactRecord> artefacts_of(const ResultsDatabase& database, std::int64_t run_id) {
  std::vector<ArtefactRecord> artefacts;
  for_each_row(
      database, std::string("SELECT ") + kArtefactColumns + " FROM artefact WHERE run_id = ? ORDER BY id",
      [&](Row& row) { artefacts.push_back(read_artefact(row)); }, run_id);
  return artefacts;
}

std::vector<std::pair<std::int64_t, ArtefactRecord>> all_artefacts(const ResultsDatabase& database) {
  std::vector<std::pair<std::int64_t, ArtefactRecord>> artefacts;
  for_each_row(database, std::string("SELECT run_id, ") + kArtefactColumns + " FROM artefact ORDER BY id",
               [&](Row& row) {
                 std::int64_t run_id = 0;
                 row.into(run_id);
                 artefacts.emplace_back(run_id, read_artefact(row));
               });
  return artefacts;
}

std::filesystem::path artefact_file(const ResultsDatabase& database, const ArtefactRecord& artefact) {
  return std::filesystem::absolute(database.path()).parent_path() / artefact.path;
}

std::vector<SpectrumRecord> spectra_of(const ResultsDatabase& database, std::int64_t run_id) {
  std::vector<SpectrumRecord> spectra;
  for_each_row(
      database, "SELECT name, value FROM spectrum WHERE run_id = ? ORDER BY name, position",
      [&](Row& row) {
        std::string name;
        double value = 0.0;
        row.into(name, value);
        if (spectra.empty() || spectra.back().name != name) spectra.push_back({name, {}});
        spectra.back().values.push_back(value);
      },
      run_id);
  return spectra;
}

void read_environment(Row& row, EnvironmentRecord& e) {
  row.into(e.program_version, e.libtorch_version, e.compiler, e.blas, e.operating_system, e.cpu, e.cores,
           e.memory_bytes, e.device, e.threads);
}

}  // namespace rraebench
