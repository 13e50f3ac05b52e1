#pragma once
// Implements: what every model goes through, by the names under which the figures of it are stored.

#include <array>
#include <string_view>

namespace rraebench {

struct Protocol {
  std::string_view name;   // "reconstruct", of MetricRecord and of the metrics' catalogue.
  std::string_view title;  // In reports.
  std::string_view what;   // One line: what is done, and what it gives.
};

/// In the order of reports.
constexpr std::array<Protocol, 6> kAllProtocols = {
    {{"reconstruct", "Reconstruction", "error of decode(encode(x)) over the training and the test split"},
     {"interpolate", "Interpolation",
      "grid: error of decoding interpolated training coefficients at the test parameters; "
      "pairs: the suite's metrics of features (default: FID, precision, recall, entropy and the smoothness "
      "of paths) of samples decoded between random training pairs"},
     {"generate", "Generation",
      "the suite's metrics of features (default: FID, precision, recall and entropy) of samples decoded from "
      "what its samplers draw: the model's prior, the posteriors of random training samples, uniform in the "
      "box of the training coefficients, or a Gaussian or a mixture of K Gaussians fitted to them"},
     {"collapse", "Posterior collapse",
      "active units, dimensions of low variance, KL, collapsed dimensions and mutual information over the "
      "test split"},
     {"rank", "Latent rank", "singular spectrum and rank measures of the latent over the test split"},
     {"train", "Training",
      "the suite's learning-rate stages and fine tuning, the same batches in the same order for every model "
      "of a seed; time per 100 steps"}}};

}  // namespace rraebench
