// CelebA's images: decoded and resized from JPEG into the cache (images a second), and one training step of a
// convolutional autoencoder on a batch from that cache, with the share of the step that went by waiting for
// the batch (counter "waiting_percent"). The images are real ones where RRAEBENCH_TEST_DATA_DIR names a
// folder that holds celeba/, else made here in the same size.
#include "datasets/catalog.hpp"
#include "datasets/image_cache.hpp"
#include "datasets/load.hpp"
#include "host/worker/batches.hpp"
#include "rraebench/adabelief.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "tests/datasets/image_bytes.hpp"
#include "tests/support/temporary_folder.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMadeImages = 400;
constexpr std::size_t kMostImages = 2000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Images {
 public:
  Images() {
    list_.name = "benchmark";
    list_.form = {3, 160, 160};
    const char* data_dir = std::getenv("RRAEBENCH_TEST_DATA_DIR");
    const auto real = std::filesystem::path(data_dir != nullptr ? data_dir : "") / "celeba/img_align_celeba";
    if (data_dir != nullptr && std::filesystem::is_directory(real)) {
      for (const auto& entry : std::filesystem::directory_iterator(real)) {
        list_.files.push_back(entry.path());
        if (list_.files.size() == kMostImages) break;
      }
    } else {
      for (int n = 0; n < kMadeImages; ++n)
        list_.files.push_back(
            folder_.write(std::to_string(n) + ".jpg", testing::jpeg(178, 218, n, TJSAMP_420)));
    }
  }

  const ImageList& list() const { return list_; }
  std::filesystem::path cache_dir() const { return folder_ / "cache"; }

 private:
  TemporaryFolder folder_;
  ImageList list_;
};

const Images& images() {
  static const Images made;
  return made;
}

void decode_and_resize(benchmark::State& state) {
  const auto& list = images().list();
  for (auto _ : state) {
    std::filesystem::remove_all(images().cache_dir());
    benchmark::DoNotOptimize(cached_images(list, images().cache_dir()));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(list.files.size()));
}

void training_step(benchmark::State& state) {
  const auto cached = cached_images(images().list(), images().cache_dir()).samples;
  Split split;
  split.samples = torch::from_blob(const_cast<void*>(cached.data.get()), cached.shape, torch::kUInt8);
  const SampleSource source(split, {}, torch::kCPU);
  BatchOrder order(source.size(), state.range(0), 1);
  const auto architecture = make_architecture("cnn-vrrae", {});
  auto encoder = make_encoder(architecture, {3, 160, 160}, 186);
  auto decoder = make_decoder(architecture, {3, 160, 160}, 186);
  auto parameters = encoder->parameters();
  for (const auto& parameter : decoder->parameters()) parameters.push_back(parameter);
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(parameters);
  AdaBelief optimiser(groups);
  double waiting = 0.0;
  double all = 0.0;
  for (auto _ : state) {
    const auto begin = Clock::now();
    const auto batch = source.batch(order.next());
    waiting += seconds_since(begin);
    optimiser.zero_grad();
    relative_error_loss(decoder->forward(encoder->forward(batch.samples)), batch.samples).backward();
    optimiser.step();
    all += seconds_since(begin);
  }
  state.counters["waiting_percent"] = 100.0 * waiting / all;
  state.SetItemsProcessed(state.iterations() * order.batch_size());
}

BENCHMARK(decode_and_resize)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(training_step)->ArgName("batch")->Arg(8)->Arg(32)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace rraebench

BENCHMARK_MAIN();
