#include "host/worker/plugin_library.hpp"

#include "host/worker/checked_model.hpp"
#include "plugin_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string bad_plugin(const std::string& name) {
  return std::string(kBadPluginFolder) + "/" + name + ".so";
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
  const PluginLibrary old(kOldPlugin);
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

}  // namespace
}  // namespace rraebench
