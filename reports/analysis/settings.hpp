#pragma once
// Implements: what was compared, in lines that a reader can check: settings of a run's resolved cell, and
// what differs between models.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

using Setting =
    std::pair<std::string, std::string>;  // "Training", "adabelief, batch 20; 1500 steps at 0.001"

/// Data, network, training, features, interpolation, generation of a run; empty where there is nothing to
/// read.
std::vector<Setting> settings_of(const std::string& spec_json);

/// The model's options, in order of name.
std::map<std::string, std::string> model_options(const std::string& spec_json);

/// What all have, in their order; of the rest, [i] has those of `all[i]`.
std::pair<std::vector<Setting>, std::vector<std::vector<Setting>>> split_settings(
    const std::vector<std::vector<Setting>>& all);

/// The samplers by whose draws a run was asked to generate.
std::set<std::string> samplers_of(const std::string& spec_json);

/// Of the training that the suite defines, what --scale left to a run: 1 for all of it.
double budget_share(const std::string& spec_json);

/// Options as "latent=16, beta=0.001", those first in which the models differ.
std::vector<std::string> option_lines(const std::vector<std::map<std::string, std::string>>& models);

}  // namespace rraebench
