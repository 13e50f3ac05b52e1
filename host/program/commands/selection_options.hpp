#pragma once
// Implements: the options by which commands choose a part of the results.

#include "reports/analysis/selection.hpp"

#include <boost/program_options.hpp>

namespace rraebench {

/// --models, --datasets, --metrics, --comparison and --seeds, and each name alone: --model.
void add_selection_options(boost::program_options::options_description& options);

/// With the words of `suite`, which is an option or what stands without dashes: names, or files of suites.
Selection selection_of(const boost::program_options::variables_map& values);

}  // namespace rraebench
