#pragma once
// Implements: run records and scratch folders for the tests of the results database and its reports.

#include "reports/store/run_record.hpp"

#include <filesystem>
#include <string>

namespace rraebench {

/// A new empty folder that is removed with its content.
class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& content);

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
