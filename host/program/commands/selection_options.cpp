#include "host/program/commands/selection_options.hpp"

#include "host/program/command.hpp"
#include "host/program/suites/seeds.hpp"
#include "host/program/suites/suite_files.hpp"

#include <filesystem>

namespace rraebench {
namespace {

namespace po = boost::program_options;

/// Suites by name; one that is named by its file has the name of that.
std::vector<std::string> suite_names(const po::variables_map& values) {
  auto names = option_texts(values, "suite");
  for (auto& name : names)
    if (names_suite_file(name)) name = std::filesystem::path(name).stem().string();
  return names;
}

}  // namespace

void add_selection_options(po::options_description& options) {
  using Texts = std::vector<std::string>;
  options.add_options()(
      "models", po::value<Texts>(),
      "only models of these labels or plugins; a list with commas; '*' stands for any text, here and in the "
      "names below")("model", po::value<Texts>(), "the same, a name that may hold a comma; may be repeated")(
      "datasets", po::value<Texts>(), "only these data sets; a list with commas")(
      "dataset", po::value<Texts>(), "the same, one; may be repeated")(
      "metrics", po::value<Texts>(), "only these metrics (fid, generate/fid); a list with commas")(
      "metric", po::value<Texts>(), "the same, one; may be repeated")(
      "comparison", po::value<Texts>(), "only this comparison; may be repeated")(
      "seeds", po::value<std::string>(), "only these seeds: 0,3 or 0:5");
}

Selection selection_of(const po::variables_map& values) {
  Selection selection;
  selection.suites = suite_names(values);
  selection.models = listed_names(values, "models", "model");
  selection.datasets = listed_names(values, "datasets", "dataset");
  selection.metrics = listed_names(values, "metrics", "metric");
  selection.comparisons = option_texts(values, "comparison");
  if (values.count("seeds") > 0) selection.seeds = parse_seeds(values["seeds"].as<std::string>());
  return selection;
}

}  // namespace rraebench
