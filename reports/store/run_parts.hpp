#pragma once
// Implements: the rows that belong to one run, which are read alike for a report and for the run itself.

#include "reports/store/database.hpp"
#include "reports/store/run_record.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

class Row;

/// In the order in which they were stored.
std::vector<ImageRecord> images_of(const ResultsDatabase& database, std::int64_t run_id);
std::vector<std::string> notes_of(const ResultsDatabase& database, std::int64_t run_id);

/// Files that the run left, in the order in which they were stored.
std::vector<ArtefactRecord> artefacts_of(const ResultsDatabase& database, std::int64_t run_id);

/// Of all runs, with the run's id.
std::vector<std::pair<std::int64_t, ArtefactRecord>> all_artefacts(const ResultsDatabase& database);

/// Where the file is.
std::filesystem::path artefact_file(const ResultsDatabase& database, const ArtefactRecord& artefact);

/// By name.
std::vector<SpectrumRecord> spectra_of(const ResultsDatabase& database, std::int64_t run_id);

/// Columns of the table `environment`, as read_environment() takes them.
constexpr const char* kEnvironmentColumns =
    "program_version, libtorch_version, compiler, blas, operating_system, cpu, cores, memory_bytes, device, "
    "threads";
void read_environment(Row& row, EnvironmentRecord& environment);

}  // namespace rraebench
