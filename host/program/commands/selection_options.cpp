#include "host/program/commands/selection_options.hpp"

#include "host/program/command.hpp"

namespace rraebench {

namespace po = boost::program_options;

void add_selection_options(po::options_description& options) {
  using Texts = std::vector<std::string>;
  options.add_options()("model", po::value<Texts>(), "only models of this label or plugin; may be repeated")(
      "dataset", po::value<Texts>(), "only this data set; may be repeated")(
      "metric", po::value<Texts>(), "only this metric (fid, generate/fid); may be repeated");
}

Selection selection_of(const po::variables_map& values) {
  return {option_texts(values, "suite"), option_texts(values, "model"), option_texts(values, "dataset"),
          option_texts(values, "metric")};
}

}  // namespace rraebench
