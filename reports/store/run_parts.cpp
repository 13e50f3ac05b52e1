#include "reports/store/run_parts.hpp"

#include "reports/store/rows.hpp"

namespace rraebench {

std::vector<ImageRecord> images_of(const ResultsDatabase& database, std::int64_t run_id) {
  std::vector<ImageRecord> images;
  for_each_row(
      database,
      "SELECT protocol, name, variant, caption, width, height, png FROM image WHERE run_id = ? ORDER BY id",
      [&](Row& row) {
        auto& image = images.emplace_back();
        row.into(image.protocol, image.name, image.variant, image.caption, image.width, image.height,
                 image.png);
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
