#include "fixture.hpp"

#include <cmath>

namespace rraebench {

RunRecord make_run(const std::string& label, std::int64_t seed) {
  RunRecord run;
  run.identity = label + "-" + std::to_string(seed);
  run.suite = "quick";
  run.comparison = "shift";
  run.model = "plugin_" + label;
  run.label = label;
  run.dataset = "shift";
  run.seed = seed;
  run.status = RunStatus::kOk;
  run.exit_code = 0;
  run.started_at = "2025-01-01T00:00:00Z";
  run.finished_at = "2025-01-01T00:01:00Z";
  run.wall_seconds = 60.0;
  run.train_seconds = 50.0;
  run.train_steps = 1000;
  run.samples_per_second = 340.0;
  run.parameter_count = 12345;
  run.peak_memory_bytes = 64 << 20;
  run.plugin_version = "1.0";
  run.plugin_sha256 = "aa";
  run.dataset_fingerprint = "bb";
  run.spec_json = "{}";
  run.environment = {"0.1.0",       "1.13.1", "g++ 12.2", "openblas", "Debian 12",
                     "A processor", 2,        8LL << 30,  "cpu",      2};
  return run;
}

RunRecord make_run(const std::string& label, std::int64_t seed, double error) {
  auto run = make_run(label, seed);
  auto metric = make_metric("reconstruct", "relative_error", error, "lower");
  metric.split = "test";
  metric.unit = "%";
  run.metrics.push_back(metric);
  return run;
}

MetricRecord make_metric(const std::string& protocol, const std::string& name, double value,
                         const std::string& better) {
  MetricRecord metric;
  metric.protocol = protocol;
  metric.name = name;
  metric.value = value;
  metric.better = better;
  return metric;
}

MetricRecord make_fid(double value, const std::string& extractor, const std::string& sha256,
                      std::int64_t count) {
  auto metric = make_metric("generate", "fid", value, "lower");
  metric.variant = "gaussian";
  metric.extractor = extractor;
  metric.extractor_sha256 = sha256;
  metric.reference_count = 2000;
  metric.sample_count = count;
  return metric;
}

std::string tiny_png() {
  static constexpr unsigned char kBytes[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
      0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
      0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
      0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};
}

ArtefactRecord make_artefact(const std::string& sampler) {
  return {
      "samples",     sampler, "", "results-artefacts/a-1/samples-" + sampler + ".npy", std::string(64, 'a'),
      {30, 1, 4, 4}, 2048};
}

RunRecord make_full_run(const std::string& label, std::int64_t seed) {
  auto run = make_run(label, seed, 3.0 + static_cast<double>(seed));
  run.metrics.push_back(make_fid(20.0, "classifier", "3fa9c1d2e4f5", 1000));
  for (int step = 0; step < 50; ++step)
    run.curve.push_back({"loss", step * 10, std::exp(-0.1 * static_cast<double>(step))});
  run.curve.push_back({"kl", 0, 0.5});
  run.spectra.push_back({"singular_values", {10.0, 1.0, 0.1}});
  run.spectra.push_back({"kl_per_dimension", {2.0, 0.0}});
  run.images.push_back({"generate", "samples", "gaussian", "One sample", 1, 1, tiny_png()});
  run.keep = {"weights", "samples"};
  run.artefacts = {make_artefact("prior"), make_artefact("gaussian")};
  return run;
}

}  // namespace rraebench
