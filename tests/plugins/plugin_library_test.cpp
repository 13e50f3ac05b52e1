#include "host/worker/plugin_library.hpp"

#include "datasets/catalog.hpp"
#include "datasets/load.hpp"
#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/run_cell.hpp"
#include "plugin_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <utility>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string bad_plugin(const std::string& name) {
  return std::string(kBadPluginFolder) + "/" + name + ".so";
}

std::string old_plugin(const std::string& name) {
  return std::string(kOldPluginFolder) + "/" + name + ".so";
}

std::string error_of(const std::filesystem::path& file) {
  try {
    const PluginLibrary library(file);
  } catch (const PluginError& error) {
    return error.what();
  }
  return "";
}

ModelSpec tiny_spec(const PluginLibrary& library) {
  ModelSpec spec;
  spec.sample_shape = {12};
  spec.train_count = 8;
  const auto& descriptor = library.descriptor();
  spec.options = Options({descriptor.options, descriptor.options + descriptor.option_count}, {});
  return spec;
}

TEST(PluginLibrary, RefusesAnotherContractNamingBothVersionsAndTheRemedy) {
  EXPECT_THAT(error_of(bad_plugin("bad-wrong-contract")),
              AllOf(HasSubstr("bad-wrong-contract.so"), HasSubstr("contract=999"), HasSubstr(RRAEBENCH_ABI),
                    HasSubstr("rebuild the plugin")));
}

TEST(PluginLibrary, TakesAPluginOfAnOlderContractAndAsksItForNothingThatCameLater) {
  const PluginLibrary old(old_plugin("contract-1"));
  EXPECT_EQ(old.contract(), 1);
  EXPECT_EQ(PluginLibrary(kPluginFiles[0]).contract(), RRAEBENCH_CONTRACT_VERSION);
  const CheckedModel model(old.create_model(tiny_spec(old), 1), {12}, old.contract());
  const auto samples = torch::rand({3, 12});
  model.loss({samples, torch::arange(3)}).total.backward();
  EXPECT_EQ(model.decode(model.encode(samples)).size(0), 3);
  EXPECT_TRUE(model.posterior(samples));
  EXPECT_FALSE(model.prior(3));
  EXPECT_FALSE(model.kl(samples));
}

TEST(PluginLibrary, HandsBatchesToAPluginOfAnOlderContractAsItKnowsThem) {
  const PluginLibrary old(old_plugin("contract-2"));
  EXPECT_EQ(old.contract(), 2);
  const CheckedModel model(old.create_model(tiny_spec(old), 1), {12}, old.contract());
  Batch batch;
  batch.samples = torch::rand({3, 12});
  batch.indices = torch::arange(3);
  batch.labels = torch::ones({3}, torch::kInt64);
  batch.parameters = torch::rand({3, 2});
  batch.step = 5;
  model.loss(batch).total.backward();
  const torch::NoGradGuard no_gradients;
  int given = 0;
  // The plugin's finalise() keeps the samples' mean and throws where what stands beside a batch was written
  // over.
  model.finalise([&]() -> std::optional<Batch> {
    if (given++ == 4) return std::nullopt;
    return batch;
  });
  EXPECT_EQ(given, 5);
  const auto kept = model.module().named_buffers()["mean"];
  EXPECT_TRUE(torch::allclose(kept, batch.samples.mean(0)));
  EXPECT_TRUE(model.kl(batch.samples));
}

TEST(PluginLibrary, APluginOfTheThirdContractReadsWhatItKnowsOfASpecThatHasGrown) {
  const PluginLibrary old(old_plugin("contract-3"));
  EXPECT_EQ(old.contract(), 3);
  auto spec = tiny_spec(old);
  spec.total_steps = 7;
  spec.class_count = 3;
  spec.parameter_count = 2;
  spec.training_steps = 5;
  const CheckedModel model(old.create_model(spec, 1), {12}, old.contract());
  EXPECT_TRUE(torch::equal(model.module().named_buffers()["told"], torch::tensor({7, 3, 2}, torch::kInt64)));
  Batch batch;
  batch.samples = torch::rand({3, 12});
  batch.indices = torch::arange(3);
  batch.labels = torch::ones({3}, torch::kInt64);
  model.loss(batch).total.backward();
  const torch::NoGradGuard no_gradients;
  bool given = false;
  model.finalise([&]() -> std::optional<Batch> {
    if (std::exchange(given, true)) return std::nullopt;
    return batch;
  });
  EXPECT_EQ(model.module().named_buffers()["labels"].item<std::int64_t>(), 3);
}

TEST(PluginLibrary, RefusesWhatIsNoPlugin) {
  EXPECT_THAT(error_of(bad_plugin("bad-no-symbol")), HasSubstr("RRAEBENCH_EXPORT_PLUGIN"));
  EXPECT_THAT(error_of("/nowhere/missing.so"),
              AllOf(HasSubstr("/nowhere/missing.so"), HasSubstr("--plugin-dir")));
  const auto text = std::filesystem::path(testing::TempDir()) / "not-a-library.so";
  std::ofstream(text) << "hello";
  EXPECT_THAT(error_of(text), AllOf(HasSubstr("not-a-library.so"), HasSubstr("cannot be loaded")));
  std::ofstream(text, std::ios::trunc).close();
  EXPECT_THAT(error_of(text), HasSubstr("cannot be loaded"));
}

TEST(PluginLibrary, ModelsGraphsAndExceptionsOutliveTheLibraryObject) {
  std::shared_ptr<Model> model;
  torch::Tensor loss;
  {
    const PluginLibrary library(kPluginFiles[0]);
    model = library.create_model(tiny_spec(library), 1);
    loss = model->loss({torch::rand({8, 12}), torch::arange(8)}).total;
  }
  loss.backward();
  model.reset();
  EXPECT_TRUE(loss.isfinite().item<bool>());

  std::exception_ptr error;
  {
    const PluginLibrary library(bad_plugin("bad-throws"));
    try {
      library.create_model(tiny_spec(library), 1)->loss({torch::rand({8, 12}), torch::arange(8)});
    } catch (...) {
      error = std::current_exception();
    }
  }
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& caught) {
    EXPECT_STREQ(caught.what(), "this model refuses to learn");
  }
}

/// A run of `file` for a moment.
RunSpec tiny_run(const std::filesystem::path& file) {
  RunSpec spec;
  spec.plugin_sha256 = sha256_of_file(file);
  spec.options = {{"latent", "2"}};
  spec.dataset = "shift";
  spec.dataset_options = {{"test_count", "10"}};
  spec.dataset_fingerprint =
      load_dataset("shift", Options(dataset_description("shift").options, spec.dataset_options), {})
          .fingerprint;
  spec.network_family = "mlp";
  spec.training.batch_size = 8;
  spec.training.stages = {{1e-3, 3, 0}};
  return spec;
}

TEST(PlannedPlugin, ThatWasRebuiltIsAnErrorOfTheRun) {
  const TemporaryFolder folder;
  const auto file = folder.write("ae.so", read_file(std::string(kPluginFolder) + "/ae.so"));
  const auto spec = tiny_run(file);
  Execution execution;
  execution.plugin_path = file.string();
  execution.checkpoint_path = (folder / "checkpoint.pt").string();
  EXPECT_NO_THROW(run_cell(spec, execution, std::nullopt, [](const nlohmann::json&) {}));
  // Written over in mid-run: only a byte more, since what the loader has not read yet comes from the new
  // file.
  bool written = false;
  EXPECT_THROW(run_cell(spec, execution, std::nullopt,
                        [&](const nlohmann::json& event) {
                          if (written || event.at("event") != "curve") return;
                          std::ofstream(file, std::ios::app | std::ios::binary) << 'x';
                          written = true;
                        }),
               InfrastructureError);
  EXPECT_TRUE(written);
  EXPECT_THROW(run_cell(spec, execution, std::nullopt, [](const nlohmann::json&) {}), InfrastructureError);
}

}  // namespace
}  // namespace rraebench
