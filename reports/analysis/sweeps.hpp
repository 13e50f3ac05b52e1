#pragma once
// Implements: sweeps, found among the models of a comparison: the same model under several values of one
// option.

#include "reports/analysis/comparison.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// What a sweep made of a label or a comparison's name.
struct SweptName {
  std::string name;
  std::string option;
  std::string value;
};

/// "VAE beta=0.001" in its parts; nullopt for a name that ends in no "option=value".
std::optional<SweptName> swept_name(const std::string& name);

/// The whole text as a number.
std::optional<double> swept_number(const std::string& text);

/// Whether both name the same: alike, or of one sweep with equal numbers, however these are written
/// ("VAE beta=1e-4", "VAE beta=1e-04").
bool same_name(const std::string& a, const std::string& b);

struct SweepPoint {
  double value = 0.0;     // Of the swept option.
  std::size_t label = 0;  // Index into Comparison::labels.
};

constexpr std::size_t kFewestSweptValues = 3;

/// One model, ascending by the option's value, at least kFewestSweptValues.
struct SweepLine {
  std::string name;
  std::size_t colour = 0;
  std::vector<SweepPoint> points;
};

/// All models of a comparison for which the same option was swept.
struct Sweep {
  std::string option;
  std::vector<SweepLine> lines;
};

/// By option's name. Labels of one line have the same plugin and agree in all other options.
std::vector<Sweep> find_sweeps(const Comparison& comparison);

}  // namespace rraebench
