#include "datasets/load.hpp"

#include "datasets/catalog.hpp"
#include "datasets/mnist.hpp"
#include "datasets/synthetic.hpp"

#include <array>
#include <stdexcept>

namespace rraebench {
namespace {

struct Loader {
  const char* name;
  Dataset (*load)(const Options& options, const std::filesystem::path& data_dir);
};

template <Dataset (*make)(const Options&)>
Dataset generate(const Options& options, const std::filesystem::path&) {
  return make(options);
}

constexpr std::array<Loader, 6> kLoaders = {{
    {"shift", generate<make_shift>},
    {"stairs", generate<make_stairs>},
    {"freqs", generate<make_freqs>},
    {"gauss", generate<make_gauss>},
    {"gaussian2d", generate<make_gaussian2d>},
    {"mnist", load_mnist},
}};

}  // namespace

Dataset load_dataset(const std::string& name, const Options& options, const std::filesystem::path& data_dir) {
  const DatasetDescription& description = dataset_description(name);
  for (const Loader& loader : kLoaders) {
    if (name != loader.name) continue;
    Dataset dataset = loader.load(options, data_dir);
    dataset.name = description.name;
    dataset.citation = description.citation;
    dataset.licence = description.licence;
    return dataset;
  }
  throw std::logic_error("data set '" + name + "' is in the catalog but has no loader");
}

}  // namespace rraebench
