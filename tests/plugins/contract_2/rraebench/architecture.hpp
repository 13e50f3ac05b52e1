#pragma once
// Implements: the choice of encoder and decoder that a suite makes once for all models of a comparison.
// Needs the standard library alone; networks.hpp builds what is chosen here.

#include "rraebench/options.hpp"

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace rraebench {

struct NetworkFamily {
  const char* name;
  const char* summary;
  std::vector<OptionRule> options;
};

/// The encoder/decoder families of the two papers.
inline const std::vector<NetworkFamily>& network_families() {
  static const std::vector<NetworkFamily> families = {
      {"mlp",
       "fully connected, softplus (RRAE paper, curves)",
       {{"encoder_depth", OptionType::kInteger, "1", "hidden layers of the encoder", 0, 64},
        {"encoder_width", OptionType::kInteger, "64", "units of each hidden layer of the encoder", 1, 65536},
        {"decoder_depth", OptionType::kInteger, "6", "hidden layers of the decoder", 0, 64},
        {"decoder_width", OptionType::kInteger, "64", "units of each hidden layer of the decoder", 1,
         65536}}},
      {"cnn-rrae",
       "4 convolutions and an MLP; MLP and 2 transposed convolutions (RRAE paper, MNIST)",
       {{"mlp_depth", OptionType::kInteger, "2", "hidden layers between convolutions and latent", 0, 64},
        {"mlp_width", OptionType::kInteger, "64", "units of each of those layers", 1, 65536}}},
      {"cnn-vrrae",
       "2 convolutions and a linear layer; linear layer and 4 transposed convolutions (VRRAE paper, images)",
       {}},
  };
  return families;
}

/// Throws OptionError naming the nearest family.
inline const NetworkFamily& network_family(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& family : network_families()) {
    if (family.name == name) return family;
    known.emplace_back(family.name);
  }
  throw OptionError("no network family '" + name + "': " + suggest_name(name, known));
}

/// A family and its options, checked and complete.
struct Architecture {
  std::string family = "mlp";
  Options options{network_family("mlp").options, {}};
};

/// In which encoder and decoder are trained: "float32", or "bfloat16", with weights, everything between
/// encoder and decoder, and all that comes after training in float32.
constexpr OptionRule kPrecision = {"precision",
                                   OptionType::kText,
                                   "float32",
                                   "of the networks in training",
                                   -std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::infinity(),
                                   "float32|bfloat16"};

/// Throws OptionError for an unknown family, option, value or precision.
inline Architecture make_architecture(const std::string& family, std::map<std::string, std::string> given,
                                      const std::string& precision = kPrecision.default_value) {
  auto rules = network_family(family).options;
  if (precision != kPrecision.default_value) {
    rules.push_back(kPrecision);
    given.emplace(kPrecision.name, precision);
  }
  return {family, Options(rules, given)};
}

inline bool is_reduced_precision(const Architecture& architecture) {
  return architecture.options.values().count(kPrecision.name) > 0;
}

}  // namespace rraebench
