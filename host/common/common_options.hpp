#pragma once
// Implements: the options that every model has beside those that its plugin declares.

#include "rraebench/options.hpp"

#include <vector>

namespace rraebench {

constexpr OptionRule kPretrained = {
    "pretrained", OptionType::kFile, "",
    "weights to start from: .safetensors as runs keep it, or torch.save of a state_dict"};

/// Whether a plugin has an option of that name itself, which then means what the plugin says.
bool declares_pretrained(const std::vector<OptionRule>& own);

/// `own` and, unless one of them has its name, kPretrained.
std::vector<OptionRule> with_common_options(std::vector<OptionRule> own);

}  // namespace rraebench
