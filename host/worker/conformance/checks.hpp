#pragma once
// Implements: what every plugin must do, tried on a tiny instance of its model: the same checks for this
// project's tests and for `rraebench check-plugin`.

#include "host/worker/conformance/tiny_instance.hpp"

#include <stdexcept>
#include <vector>

namespace rraebench {

/// A promise of the contract that a plugin does not keep; the message says where.
class NonconformanceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A promise that does not apply to the plugin; the message says why.
class MeansNothing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ConformanceCheck {
  const char* name;     // "finite_differences": one word for tests and scripts.
  const char* promise;  // "gradients agree with finite differences": what holds where it passes.
  /// Throws NonconformanceError, MeansNothing, or whatever the plugin throws.
  void (*run)(const TriedPlugin& plugin);
};

/// From the quickest and most basic on. All together take about a second for a small model.
const std::vector<ConformanceCheck>& conformance_checks();

}  // namespace rraebench
