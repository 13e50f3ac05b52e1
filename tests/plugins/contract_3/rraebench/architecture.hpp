#pragma once
// Implements: the choice of encoder and decoder that a suite makes once for all models of a comparison.
// Needs the standard library alone; networks.hpp builds what is chosen here.

#include "rraebench/options.hpp"

#include <map>
#include <string>
#include <vector>

namespace rraebench {

struct NetworkFamily {
  const char* name;
  const char* summary;
  std::vector<OptionRule> options;
};

/// Of every family: what the decoder ends in, for data whose normalised values lie in [0, 1] or [-1, 1].
constexpr OptionRule kOutput =
    one_of({"output", OptionType::kText, "none", "the decoder's last activation"}, "none|sigmoid|tanh");

/// The encoder/decoder families: those of the two papers, and one for curves.
inline const std::vector<NetworkFamily>& network_families() {
  static const std::vector<NetworkFamily> families = {
      {"mlp",
       "fully connected, softplus (RRAE paper, curves)",
       {{"encoder_depth", OptionType::kInteger, "1", "hidden layers of the encoder", 0, 64},
        {"encoder_width", OptionType::kInteger, "64", "units of each hidden layer of the encoder", 1, 65536},
        {"decoder_depth", OptionType::kInteger, "6", "hidden layers of the decoder", 0, 64},
        {"decoder_width", OptionType::kInteger, "64", "units of each hidden layer of the decoder", 1, 65536},
        kOutput}},
      {"cnn-rrae",
       "4 convolutions and an MLP; MLP and 2 transposed convolutions (RRAE paper, MNIST)",
       {{"mlp_depth", OptionType::kInteger, "2", "hidden layers between convolutions and latent", 0, 64},
        {"mlp_width", OptionType::kInteger, "64", "units of each of those layers", 1, 65536},
        kOutput}},
      {"cnn-vrrae",
       "2 convolutions and a linear layer; linear layer and 4 transposed convolutions (VRRAE paper, images)",
       {kOutput}},
      {"cnn-1d",
       "convolutions that halve a curve's length and a linear layer; the same backwards (after the RRAE "
       "code's)",
       {{"depth", OptionType::kInteger, "3", "convolutions, each of which halves the length", 1, 12},
        {"channels", OptionType::kInteger, "16",
         "channels after the first convolution, then twice as many each", 1, 1024},
        kOutput}},
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
constexpr OptionRule kPrecision =
    one_of({"precision", OptionType::kText, "float32", "of the networks in training"}, "float32|bfloat16");

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
