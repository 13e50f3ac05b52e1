#include "host/worker/measuring/export_statistics.hpp"

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "host/common/feature_statistics.hpp"
#include "host/worker/measuring/extractors.hpp"
#include "host/worker/measuring/reference_features.hpp"

#include <torch/utils.h>

#include <stdexcept>

namespace rraebench {

void export_statistics(const RunSpec& spec, const Execution& execution, const std::filesystem::path& output,
                       const StageProgress& progress,
                       const std::function<void(const std::string& text)>& waiting) {
  if (spec.extractor.empty())
    throw std::invalid_argument("comparison '" + spec.comparison + "' has no extractor");
  torch::set_num_threads(static_cast<int>(execution.threads));
  const auto dataset =
      load_dataset(spec.dataset, Options(dataset_description(spec.dataset).options, spec.dataset_options),
                   {execution.data_dir, execution.cache_dir, {{}, waiting}, execution.suite_dir});
  const auto extractor = make_planned_extractor(
      spec, execution, dataset, torch::Device(spec.device),
      [&](std::int64_t step, std::int64_t steps, double) { progress("extractor", step, steps); },
      {{}, waiting});
  const torch::NoGradGuard no_gradients;
  prepare_reference(spec, dataset, extractor, execution.cache_dir,
                    [&](std::int64_t done, std::int64_t total) { progress("reference", done, total); },
                    {{}, waiting});
  const auto& imported = spec.features.statistics;
  write_feature_statistics(
      output, read_feature_statistics(imported.empty() ? reference_file(spec, extractor, execution.cache_dir)
                                                       : std::filesystem::path(imported)));
}

}  // namespace rraebench
