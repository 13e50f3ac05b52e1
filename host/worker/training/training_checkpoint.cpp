#include "host/worker/training/training_checkpoint.hpp"

#include "host/worker/checked_model.hpp"
#include "host/worker/random_state.hpp"
#include "host/worker/training/checkpoint_file.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace rraebench {

void save_training(const std::filesystem::path& file, const Model& model,
                   const torch::optim::Optimizer* optimiser, const SavedTraining& state) {
  torch::serialize::OutputArchive archive;
  torch::serialize::OutputArchive model_archive;
  torch::serialize::OutputArchive optimiser_archive;
  torch::serialize::OutputArchive order_archive;
  model.save(model_archive);
  if (optimiser != nullptr) optimiser->save(optimiser_archive);
  state.order.save(order_archive);
  archive.write("model", model_archive);
  archive.write("optimiser", optimiser_archive);
  archive.write("order", order_archive);
  state.watch.save(archive);
  archive.write("position", c10::IValue(to_json(state.position).dump()));
  archive.write("noise", generator_of(torch::kCPU).get_state(), /*is_buffer=*/true);
  if (const auto device = device_of(model); !device.is_cpu())
    archive.write("device_noise", generator_of(device).get_state(), /*is_buffer=*/true);
  write_checkpoint(file, archive);
}

LoadedTraining load_training(const std::string& bytes, Model& model, BatchOrder order,
                             StagnationWatch watch) {
  LoadedTraining loaded{{{}, std::move(order), watch}, std::make_unique<torch::serialize::InputArchive>()};
  torch::serialize::InputArchive archive;
  archive.load_from(bytes.data(), bytes.size());
  torch::serialize::InputArchive model_archive;
  torch::serialize::InputArchive order_archive;
  archive.read("model", model_archive);
  archive.read("optimiser", *loaded.optimiser);
  archive.read("order", order_archive);
  loaded.state.order.load(order_archive);
  loaded.state.watch.load(archive);
  torch::Tensor noise;
  archive.read("noise", noise, /*is_buffer=*/true);
  const auto device = device_of(model);
  torch::Tensor device_noise;
  if (!device.is_cpu()) archive.read("device_noise", device_noise, /*is_buffer=*/true);
  c10::IValue position;
  archive.read("position", position);
  loaded.state.position = training_position_from_json(nlohmann::json::parse(position.toStringRef()));
  model.load(model_archive);
  generator_of(torch::kCPU).set_state(noise);
  if (device_noise.defined()) generator_of(device).set_state(device_noise);
  return loaded;
}

}  // namespace rraebench
