#include "host/common/cell.hpp"

#include "host/common/events.hpp"
#include "reports/base64.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

namespace rraebench {
namespace {

RunSpec example() {
  RunSpec spec;
  spec.suite = "quick";
  spec.comparison = "shift";
  spec.plugin = "vae";
  spec.options = {{"latent", "2"}, {"beta", "0.001"}};
  spec.training.stages = {{1e-3, 100, 0}, {1e-4, 0, 2}};
  spec.generates = true;
  spec.generation = {500, {"prior", "mixture:10"}};
  spec.seed = 3;
  return spec;
}

TEST(RunSpec, ComesBackFromJson) {
  const auto spec = example();
  EXPECT_EQ(to_json(run_spec_from_json(to_json(spec))), to_json(spec));
}

TEST(RunSpec, FilesOfOptionsCountByTheirContent) {
  auto spec = example();
  const auto without = run_identity(spec);
  spec.options["file"] = "/a/model.pt";
  spec.option_files_sha256["file"] = "abc";
  const auto read = run_spec_from_json(to_json(spec));
  EXPECT_EQ(read.options, spec.options);
  EXPECT_EQ(read.option_files_sha256, spec.option_files_sha256);
  const auto identity = run_identity(spec);
  EXPECT_NE(identity, without);
  spec.options["file"] = "/b/other.pt";
  EXPECT_EQ(run_identity(spec), identity);
  spec.option_files_sha256["file"] = "abd";
  EXPECT_NE(run_identity(spec), identity);
}

TEST(RunSpec, IdentityDependsOnEveryField) {
  const auto identity = run_identity(example());
  EXPECT_EQ(identity.size(), 64U);
  EXPECT_EQ(run_identity(example()), identity);
  // Every leaf of the document counts: change each in turn.
  const auto document = to_json(example());
  const auto flat = document.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (pointer == "/protocol_version") continue;
    auto changed = document;
    auto& leaf = changed[nlohmann::json::json_pointer(pointer)];
    if (leaf.is_string()) {
      leaf = leaf.get<std::string>() + "x";
    } else if (leaf.is_boolean()) {
      leaf = !leaf.get<bool>();
    } else if (leaf.is_number()) {
      leaf = leaf.get<double>() + 1;
    } else {
      continue;  // An empty list or table.
    }
    EXPECT_NE(run_identity(run_spec_from_json(changed)), identity) << pointer;
  }
}

TEST(Events, RecordsComeBack) {
  RunRecord run;
  MetricRecord metric{"generate", "fid", "prior", "test", 1.5, "", "lower", "pca:4", "abc", 100, 200};
  apply_event(nlohmann::json::parse(event_of(metric).dump()), run);
  ASSERT_EQ(run.metrics.size(), 1U);
  EXPECT_EQ(event_of(run.metrics[0]), event_of(metric));

  metric.value = std::numeric_limits<double>::quiet_NaN();
  apply_event(nlohmann::json::parse(event_of(metric).dump()), run);
  EXPECT_TRUE(std::isnan(run.metrics[1].value));

  ImageRecord image{"generate", "samples", "prior", "caption", 3, 4, std::string("\x89PNG\0\n\xff", 7)};
  apply_event(nlohmann::json::parse(event_of(image).dump()), run);
  EXPECT_EQ(run.images.at(0).content, image.content);

  apply_event(failure_event(RunStatus::kDiverged, "why"), run);
  EXPECT_EQ(run.status, RunStatus::kDiverged);
  EXPECT_EQ(run.message, "why");
  apply_event(finished_event(), run);
  EXPECT_EQ(run.status, RunStatus::kOk);
}

TEST(Events, MalformedOnesAreRefused) {
  RunRecord run;
  for (const char* text :
       {"{}", "3", R"({"event": "metric"})", R"({"event": "failed", "status": "odd", "message": ""})",
        R"({"event": "spectrum", "name": "s", "values": ["a"]})"})
    EXPECT_THROW(apply_event(nlohmann::json::parse(text), run), std::exception) << text;
}

TEST(Base64, IsTheStandardsAndComesBack) {
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64_encode(""), "");
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 50; ++size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
  }
  EXPECT_THROW(base64_decode("a$b="), std::invalid_argument);
  EXPECT_THROW(base64_decode("abc"), std::invalid_argument);
}

TEST(RunIdentity, NamesThePrecisionOnlyWhereItIsNotTheUsualOne) {
  auto spec = example();
  EXPECT_FALSE(to_json(spec).at("training").contains("precision"));
  const auto identity = run_identity(spec);
  spec.training.precision = "bfloat16";
  EXPECT_EQ(run_spec_from_json(to_json(spec)).training.precision, "bfloat16");
  EXPECT_NE(run_identity(spec), identity);
}

}  // namespace
}  // namespace rraebench
