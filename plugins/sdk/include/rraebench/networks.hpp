#pragma once
// Implements: the encoders and decoders that architecture.hpp names.

#include "rraebench/architecture.hpp"
#include "rraebench/torch.hpp"

#include <cstdint>
#include <vector>

namespace rraebench {

/// N x sample_shape -> N x latent_size. Throws std::invalid_argument where the family cannot take the shape.
torch::nn::Sequential make_encoder(const Architecture& architecture,
                                   const std::vector<std::int64_t>& sample_shape, std::int64_t latent_size);

/// N x latent_size -> N x sample_shape. Ends in the activation that option `output` names.
torch::nn::Sequential make_decoder(const Architecture& architecture,
                                   const std::vector<std::int64_t>& sample_shape, std::int64_t latent_size);

}  // namespace rraebench
