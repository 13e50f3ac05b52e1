#pragma once
// Implements: run records for the tests of the results database and its reports.

#include "reports/store/run_record.hpp"

#include <string>

namespace rraebench {

/// An ok run of suite "quick", comparison and data set "shift", without figures.
RunRecord make_run(const std::string& label, std::int64_t seed);

/// As make_run, with the error of reconstruction on the test split, in %.
RunRecord make_run(const std::string& label, std::int64_t seed, double error);

MetricRecord make_metric(const std::string& protocol, const std::string& name, double value,
                         const std::string& better);

/// An FID of generation, from the Gaussian sampler.
MetricRecord make_fid(double value, const std::string& extractor, const std::string& sha256,
                      std::int64_t count);

/// A PNG file of one grey pixel.
std::string tiny_png();

/// Samples that a run left, in results-artefacts/a-1.
ArtefactRecord make_artefact(const std::string& sampler);

/// A run with all that a run can have.
RunRecord make_full_run(const std::string& label, std::int64_t seed);

}  // namespace rraebench
