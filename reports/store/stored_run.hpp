#pragma once
// Implements: one stored run found by its id or identity, and all of it read back.

#include "reports/store/database.hpp"
#include "reports/store/run_record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// The run that a person names: an id, or the beginning of an identity (four hexadecimal digits or more), of
/// which the attempt is meant that StoredRun would be. Digits that are an id are taken for it. Throws
/// DatabaseError: none, or identities of several runs begin so.
std::int64_t find_run_id(const ResultsDatabase& database, const std::string& name);

/// What was stored as `id`, figures, curves, spectra, pictures and notes included. A figure that was stored
/// as none is NaN. Throws DatabaseError where there is no such run.
RunRecord read_run(const ResultsDatabase& database, std::int64_t id);

/// What the suite asks for now at the place of the run: its settings, spec_json without the seed; nullopt
/// where it asks for nothing there.
std::optional<std::string> asked_settings(const ResultsDatabase& database, const RunRecord& run);

}  // namespace rraebench
