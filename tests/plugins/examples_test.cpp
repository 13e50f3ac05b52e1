// The example models keep the contract's promises, and the fitted one is what linear algebra says.
#include "built_plugins.hpp"
#include "host/worker/conformance/checks.hpp"
#include "plugin_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace rraebench {
namespace {

PluginLibrary example(const std::string& name) {
  return PluginLibrary(std::string(kOtherPluginFolder) + "/" + name + ".so");
}

class ExampleConformance : public testing::TestWithParam<std::tuple<const char*, ConformanceCheck>> {};

TEST_P(ExampleConformance, Holds) {
  const auto& [name, check] = GetParam();
  SCOPED_TRACE(check.promise);
  try {
    check.run(example(name));
  } catch (const MeansNothing& reason) {
    EXPECT_STREQ(name, "principal-components") << reason.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
}

std::string name_of_check(const testing::TestParamInfo<ExampleConformance::ParamType>& info) {
  auto name = std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Examples, ExampleConformance,
                         testing::Combine(testing::Values("annealed-vae", "conditional-vae", "mixture-prior",
                                                          "principal-components", "wae-mmd"),
                                          testing::ValuesIn(conformance_checks())),
                         name_of_check);

TEST(PrincipalComponents, ReconstructAsTheTruncatedSvd) {
  torch::manual_seed(4);
  Batch all;
  all.samples = torch::randn({40, kTinySampleSize}) * torch::linspace(0.2, 2.0, kTinySampleSize) + 1.0;
  all.indices = torch::arange(40);
  const auto model = make_tiny(example("principal-components"), {{"latent", "5"}});
  finalise_tiny(*model, all, 7);
  const torch::NoGradGuard no_gradients;
  const auto reconstruction = model->decode(model->encode(all.samples));

  const auto samples = all.samples.to(torch::kFloat64);
  const auto mean = samples.mean(0);
  const auto [u, s, v] = torch::linalg_svd(samples - mean, /*full_matrices=*/false);
  const auto truncated =
      u.slice(1, 0, 5).matmul(torch::diag(s.slice(0, 0, 5))).matmul(v.slice(0, 0, 5)) + mean;
  const auto error = [&](const torch::Tensor& estimate) {
    return ((estimate - samples).norm() / samples.norm()).item<double>();
  };
  EXPECT_NEAR(error(reconstruction.to(torch::kFloat64)), error(truncated), 1e-4 * error(truncated));
  EXPECT_TRUE(torch::allclose(reconstruction.to(torch::kFloat64), truncated, 1e-4, 1e-5));
}

}  // namespace
}  // namespace rraebench
