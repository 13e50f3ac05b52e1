#include "host/program/commands/selection_options.hpp"

#include "host/program/command.hpp"
#include "host/program/planning/plan.hpp"

#include <utility>

namespace rraebench {

namespace po = boost::program_options;
namespace {

/// Of lists with commas, and of names one by one.
std::vector<std::string> names_of(const po::variables_map& values, const std::string& list,
                                  const std::string& one) {
  auto names = split_list(values, list);
  for (auto& name : option_texts(values, one)) names.push_back(std::move(name));
  return names;
}

}  // namespace

void add_selection_options(po::options_description& options) {
  using Texts = std::vector<std::string>;
  options.add_options()("models", po::value<Texts>(),
                        "only models of these labels or plugins; a list with commas")(
      "model", po::value<Texts>(), "the same, a name that may hold a comma; may be repeated")(
      "datasets", po::value<Texts>(), "only these data sets; a list with commas")(
      "dataset", po::value<Texts>(), "the same, one; may be repeated")(
      "metrics", po::value<Texts>(), "only these metrics (fid, generate/fid); a list with commas")(
      "metric", po::value<Texts>(), "the same, one; may be repeated")(
      "comparison", po::value<Texts>(), "only this comparison; may be repeated")(
      "seeds", po::value<std::string>(), "only these seeds: 0,3 or 0:5");
}

Selection selection_of(const po::variables_map& values) {
  Selection selection;
  selection.suites = option_texts(values, "suite");
  selection.models = names_of(values, "models", "model");
  selection.datasets = names_of(values, "datasets", "dataset");
  selection.metrics = names_of(values, "metrics", "metric");
  selection.comparisons = option_texts(values, "comparison");
  if (values.count("seeds") > 0) selection.seeds = parse_seeds(values["seeds"].as<std::string>());
  return selection;
}

}  // namespace rraebench
