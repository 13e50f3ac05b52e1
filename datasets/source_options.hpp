#pragma once
// Implements: the options that several data sources declare alike.

#include "rraebench/options.hpp"

#include <cstdint>
#include <limits>

namespace rraebench {

constexpr OptionRule integer_option(const char* name, const char* default_value, const char* help,
                                    double minimum, double maximum) {
  return {name, OptionType::kInteger, default_value, help, minimum, maximum};
}

/// `choices` as one_of() takes them; empty: any text.
constexpr OptionRule text_option(const char* name, const char* default_value, const char* help,
                                 const char* choices = "") {
  return one_of({name, OptionType::kText, default_value, help}, choices);
}

constexpr OptionRule normalisation_option(const char* default_value) {
  return text_option(
      "normalisation", default_value,
      "standardise: mean 0 and standard deviation 1 over all training values; minmax: their range "
      "(of images: 0 to 1) to [0, 1]; symmetric: to [-1, 1]",
      "standardise|none|minmax|symmetric");
}

constexpr OptionRule count_option(const char* name, const char* help) {
  return integer_option(name, "0", help, 0, std::numeric_limits<std::int32_t>::max());
}

constexpr OptionRule train_count_option() {
  return count_option("train_count", "training samples to use; 0: all");
}

constexpr OptionRule train_seed_option() {
  return count_option(
      "train_seed", "0: the first train_count training samples; else a random choice, drawn with this seed");
}

constexpr OptionRule test_count_option() {
  return count_option("test_count", "first test samples to use; 0: all");
}

/// For sources whose publisher made no validation split.
constexpr OptionRule held_out_validation_option() {
  return count_option("validation_count", "training samples to hold out, from the end, for validation");
}

}  // namespace rraebench
