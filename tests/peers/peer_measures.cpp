// This project's metrics of features, statistics or images in NumPy files, as JSON: compare.py sets them
// beside public peers.
//
//   peer_measures features REAL.npy GENERATED.npy [NEIGHBOURS]   n x d
//   peer_measures statistics REAL.npz GENERATED.npz              mu and sigma; times the distance
//   peer_measures images MODULE.pt REAL.npy GENERATED.npy        n x 3 x H x W bytes, through a TorchScript
//   file peer_measures resave IN.npz OUT.npz                          reads and writes statistics
#include "host/common/feature_statistics.hpp"
#include "metrics/extractors/torchscript.hpp"
#include "metrics/frechet.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/neighbourhoods.hpp"

#include <nlohmann/json.hpp>
#include <torch/script.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace rraebench {
namespace {

torch::Tensor to_tensor(const NpzArray& array) {
  return torch::tensor(array.values, torch::kFloat64).view(array.shape);
}

nlohmann::json measure_features(const torch::Tensor& real, const torch::Tensor& generated, std::int64_t k) {
  const auto in = [&](Ball ball) {
    const auto found = find_neighbourhoods(real, generated, k, ball);
    return nlohmann::json{{"precision", found.precision()},
                          {"recall", found.recall()},
                          {"density", found.density()},
                          {"coverage", found.coverage()}};
  };
  return {{"fid", frechet_distance(moments_of(real), moments_of(generated))},
          {"kid", kernel_distance(real, generated)},
          {"open", in(Ball::kOpen)},
          {"closed", in(Ball::kClosed)}};
}

nlohmann::json measure_statistics(const std::string& real_file, const std::string& generated_file) {
  const auto moments = [](const std::string& file) {
    const auto statistics = read_feature_statistics(file);
    const auto mean = to_tensor(statistics.mu);
    const auto count = statistics.count > 0 ? statistics.count : mean.size(0) + 1;
    return Moments{count, mean, to_tensor(statistics.sigma) * static_cast<double>(count - 1)};
  };
  const auto real = moments(real_file);
  const auto generated = moments(generated_file);
  const auto start = std::chrono::steady_clock::now();
  const double distance = frechet_distance(real, generated);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return {{"fid", distance}, {"seconds", elapsed.count()}};
}

nlohmann::json measure_images(const std::string& module_file, const std::string& real_file,
                              const std::string& generated_file) {
  const auto real = to_tensor(read_npy(real_file)).to(torch::kFloat32).div(255.0);
  const auto generated = to_tensor(read_npy(generated_file)).to(torch::kFloat32).div(255.0);
  const TorchScriptExtractor extractor(torch::jit::load(module_file), real.sizes().slice(1));
  constexpr std::int64_t kNeighbours = 3;
  return measure_features(extractor.features(real), extractor.features(generated), kNeighbours);
}

nlohmann::json dispatch(const std::vector<std::string>& arguments) {
  const auto mode = arguments.empty() ? std::string() : arguments[0];
  if (mode == "features" && (arguments.size() == 3 || arguments.size() == 4))
    return measure_features(to_tensor(read_npy(arguments[1])), to_tensor(read_npy(arguments[2])),
                            arguments.size() == 4 ? std::stoll(arguments[3]) : 5);
  if (mode == "statistics" && arguments.size() == 3) return measure_statistics(arguments[1], arguments[2]);
  if (mode == "images" && arguments.size() == 4)
    return measure_images(arguments[1], arguments[2], arguments[3]);
  if (mode == "resave" && arguments.size() == 3) {
    write_feature_statistics(arguments[2], read_feature_statistics(arguments[1]));
    return nlohmann::json::object();
  }
  throw std::invalid_argument("usage: see the first lines of peer_measures.cpp");
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  try {
    std::puts(rraebench::dispatch({argv + 1, argv + argc}).dump().c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
