// What runs leave: kept, listed, exported, missed.
#include "datasets/npy_file.hpp"
#include "datasets/sha256.hpp"
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Artefacts : public testing::Test {
 protected:
  ProgramResult run(const std::string& suite, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"run", suite, "--threads", "1", "--cache-dir", cache_, "--db", database_});
    return call(more);
  }
  ProgramResult measure(const std::string& suite, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"measure", suite, "--threads", "1", "--cache-dir", cache_, "--db", database_});
    return call(more);
  }
  ProgramResult export_run(const std::string& what, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"export", "1", "--what", what, "--db", database_});
    if (std::find(more.begin(), more.end(), "--output") == more.end())
      more.insert(more.end(), {"--output", (folder_ / "out").string()});
    return call(more);
  }
  void expect_refused(const ProgramResult& result, const std::string& reason) {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(reason));
  }
  fs::path kept(const std::string& what, const std::string& variant = "") {
    return fs::path(folder_.path()) / query_value(database_, "select path from artefact where what = '" +
                                                                 what + "' and variant = '" + variant + "'");
  }
  void spoil(const fs::path& file) { std::ofstream(file, std::ios::app) << "x"; }

  static constexpr const char* kFigures =
      "select protocol, name, variant, split, value from metric join runs on runs.id = run_id "
      "where protocol <> 'train' order by 1, 2, 3, 4";

  TemporaryFolder folder_;
  std::string database_ = (folder_ / "results.db").string();
  std::string cache_ = (folder_ / "cache").string();
};

TEST_F(Artefacts, AreKeptListedAndExported) {
  const auto suite = folder_.write("tiny.toml",
                                   "keep = [\"weights\", \"samples\", \"coefficients\", "
                                   "\"reconstructions\"]\n" +
                                       tiny_suite(model_table("vae")));
  ASSERT_EQ(run(suite).exit_code, 0);
  EXPECT_EQ(query_csv(database_, "select what, variant, split, shape from artefact order by 1, 2, 3"),
            "what,variant,split,shape\r\n"
            "coefficients,\"\",test,\"[10,2]\"\r\ncoefficients,\"\",train,\"[17,2]\"\r\n"
            "reconstructions,\"\",test,\"[10,200]\"\r\n"
            "samples,gaussian,\"\",\"[30,200]\"\r\nsamples,mixture:2,\"\",\"[30,200]\"\r\n"
            "samples,prior,\"\",\"[30,200]\"\r\nweights,\"\",\"\",[]\r\n");
  EXPECT_THAT(call({"show", "1", "--db", database_}).output,
              AllOf(HasSubstr("samples mixture:2: results-artefacts/"), HasSubstr("30 x 200")));
  const auto document =
      nlohmann::json::parse(call({"show", "1", "--db", database_, "--format", "json"}).output);
  EXPECT_EQ(document.at("kept").size(), 7U);
  EXPECT_EQ(document.at("specification").at("plugin"), "vae");
  EXPECT_GT(document.at("figures").size(), 0U);
  EXPECT_THAT(call({"doctor", "--db", database_, "--cache-dir", cache_}).output,
              HasSubstr("7 files, all as the runs left them"));
  EXPECT_THAT(call({"doctor", "--db", database_, "--cache-dir", cache_, "--format", "csv"}).output,
              HasSubstr("health,subject,finding"));
  EXPECT_THAT(run(suite).errors, HasSubstr("1 run: 0 to do, 1 complete"));

  ASSERT_EQ(export_run("samples,weights").exit_code, 0);
  EXPECT_EQ(read_file(folder_ / "out/samples-prior.npy"), read_file(kept("samples", "prior")));
  EXPECT_EQ(read_npy_file(folder_ / "out/samples-prior.npy").shape, (std::vector<std::int64_t>{30, 200}));
  EXPECT_EQ(read_file(folder_ / "out/weights.safetensors"), read_file(kept("weights")));
  EXPECT_FALSE(fs::exists(folder_ / "out/coefficients-test.npy"));
  expect_refused(export_run("samples"), "is there already; name another --output");
  expect_refused(export_run("samples", {"--sampler", "gausian"}), "did you mean 'gaussian'?");
  expect_refused(export_run("weight"), "no run keeps 'weight': did you mean 'weights'?");
  expect_refused(export_run("samples", {"--format", "png", "--sampler", "prior"}), "left no images");

  spoil(kept("weights"));
  expect_refused(export_run("weights", {"--output", (folder_ / "other").string()}),
                 "is not what the run left");
  EXPECT_FALSE(fs::exists(folder_ / "other/weights.safetensors"));
  fs::remove(kept("samples", "prior"));
  expect_refused(export_run("samples", {"--sampler", "prior"}),
                 "is gone; put it back, or make the run again");
  const auto doctor = call({"doctor", "--db", database_, "--cache-dir", cache_});
  EXPECT_EQ(doctor.exit_code, 1);
  EXPECT_THAT(doctor.output, AllOf(HasSubstr("weights.safetensors of run 1 is not what the run left"),
                                   HasSubstr("samples-prior.npy of run 1 is missing")));
}

TEST_F(Artefacts, TrainingStartsFromWeightsThatARunKept) {
  const auto first =
      folder_.write("first.toml", "keep = [\"weights\"]\n" + tiny_suite(model_table("ae"), "[0]"));
  ASSERT_EQ(run(first).exit_code, 0);
  ASSERT_EQ(export_run("weights").exit_code, 0);
  const auto start_from = [&](const std::string& file, const std::string& seeds) {
    auto text = tiny_suite(model_table("ae", "latent = 2, pretrained = \"" + file + "\""), seeds, 1);
    const std::string rate = "learning_rate = 1e-3";
    return text.replace(text.find(rate), rate.size(), "learning_rate = 0.0");
  };
  const auto second = folder_.write("second.toml", start_from("out/weights.safetensors", "[0, 1]"));
  const auto ran = run(second);
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const auto error_of = [&](const std::string& suite, int seed) {
    return query_value(database_,
                       "select value from figures where suite = '" + suite +
                           "' and seed = " + std::to_string(seed) +
                           " and protocol = 'reconstruct' and name = 'relative_error' and split = 'test'");
  };
  EXPECT_EQ(error_of("second", 0), error_of("first", 0)) << "nothing was trained";
  EXPECT_EQ(error_of("second", 1), error_of("first", 0)) << "whatever the seed";
  expect_refused(run(folder_.write("third.toml", start_from("none.pt", "[0]"))), "none.pt");
  folder_.write("wrong.pt", "no weights");
  const auto wrong = run(folder_.write("fourth.toml", start_from("wrong.pt", "[0]")));
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.errors, HasSubstr("wrong.pt"));
}

TEST_F(Artefacts, ARunWithoutWhatIsWantedNowIsMadeAgainToTheSameFigures) {
  const auto suite = folder_.write("tiny.toml", tiny_suite(model_table("ae"))).string();
  ASSERT_EQ(run(suite).exit_code, 0);
  const auto figures = query_csv(database_, kFigures);
  EXPECT_FALSE(fs::exists(folder_ / "results-artefacts"));
  expect_refused(export_run("weights"), "run 1 kept no weights; the same command with them makes it again");
  EXPECT_THAT(run(suite, {"--plan"}).output, HasSubstr("cached"));
  EXPECT_THAT(run(suite, {"--plan", "--keep", "weights,samples"}).output,
              AllOf(HasSubstr("not kept"), HasSubstr("complete, but its weights, samples were not kept")));
  ASSERT_EQ(run(suite, {"--keep", "weights,samples"}).exit_code, 0);
  EXPECT_EQ(query_csv(database_, kFigures), figures);
  EXPECT_EQ(query_value(database_, "select count(*) from run"), "2");
  EXPECT_EQ(query_value(database_, "select attempt from runs"), "2") << "the one that left them";
  for (const std::string kind : {"weights", "samples"})
    expect_refused(export_run(kind), "run 1 kept no " + kind +
                                         "; another attempt of it did: rraebench export 2 --what " + kind +
                                         " --db " + database_);
  expect_refused(export_run("coefficients"), "the same command with them makes it again");
  EXPECT_THAT(run(suite, {"--plan", "--keep", "samples"}).output, HasSubstr("cached"))
      << "less than there is";
  EXPECT_THAT(run(suite, {"--plan"}).output, HasSubstr("cached"));
  fs::remove(kept("samples", "gaussian"));
  EXPECT_THAT(run(suite, {"--plan", "--keep", "samples"}).output,
              AllOf(HasSubstr("not kept"), HasSubstr("samples-gaussian.npy is gone")));
  EXPECT_THAT(run(suite, {"--plan", "--keep", "weights"}).output, HasSubstr("cached"));
  expect_refused(run(suite, {"--keep", "wieghts"}),
                 "--keep: no 'wieghts' can be kept: did you mean 'weights'?");
}

TEST_F(Artefacts, AFailedRunLeavesNothing) {
  const auto suite = folder_.write("tiny.toml", tiny_suite(model_table("bad-throws", "")));
  EXPECT_EQ(run(suite, {"--keep", "weights", "--plugin-dir", kBadPlugins}).exit_code, 1);
  EXPECT_FALSE(fs::exists(folder_ / "results-artefacts"));
  EXPECT_EQ(query_value(database_, "select count(*) from artefact"), "0");
}

TEST_F(Artefacts, WhatAKillLeftHalfWrittenIsRemovedAndTheRestIsNot) {
  folder_.write("results-artefacts/0123456789ab-1.part/weights.safetensors.part", "half");
  folder_.write("results-artefacts/mine/notes.txt", "whole");
  ASSERT_EQ(run(folder_.write("tiny.toml", tiny_suite(model_table("ae")))).exit_code, 0);
  EXPECT_FALSE(fs::exists(folder_ / "results-artefacts/0123456789ab-1.part"));
  EXPECT_EQ(read_file(folder_ / "results-artefacts/mine/notes.txt"), "whole");
}

TEST_F(Artefacts, APlansTasksLeaveTheirsBesideThemselvesAndMergeFindsThem) {
  const auto suite = folder_.write("tiny.toml", tiny_suite(model_table("ae"), "[0, 1]")).string();
  const auto plan = run(suite, {"--plan", "--format", "json", "--keep", "weights"});
  ASSERT_EQ(plan.exit_code, 0) << plan.errors;
  const auto file = folder_.write("plan/plan.json", plan.output).string();
  std::vector<std::string> merge = {"merge", "--db", database_};
  for (const char* task : {"0", "1"}) {
    const auto done = call({"run", "--plan-file", file, "--task", task, "--threads", "1"});
    ASSERT_EQ(done.exit_code, 0) << done.errors;
    merge.push_back((folder_ / "plan/tasks" / (std::string(task) + ".db")).string());
  }
  ASSERT_EQ(call(merge).exit_code, 0);
  EXPECT_THAT(query_csv(database_, "select path from artefact"), HasSubstr("plan/tasks/1-artefacts/"));
  EXPECT_EQ(export_run("weights").exit_code, 0);
  EXPECT_THAT(run(suite, {"--plan", "--keep", "weights"}).output, Not(HasSubstr("not kept")));
}

TEST_F(Artefacts, WeightsAreMeasuredToTheBitAndByWhatIsAskedForNow) {
  const auto models = model_table("vae") + model_table("vrrae", "latent = 8, rank = 2");
  const auto suite = folder_.write("tiny.toml", tiny_suite(models)).string();
  expect_refused(measure(suite), "does not exist");
  ASSERT_EQ(run(suite).exit_code, 0);
  expect_refused(measure(suite, {"--force"}), "no run left weights for any of the 2 runs");
  ASSERT_EQ(run(suite, {"--keep", "weights"}).exit_code, 0);
  const auto figures = query_csv(database_, kFigures);
  const auto curves =
      query_csv(database_,
                "select series, step, curve.value from curve join runs on runs.id = run_id order by 1, 2, 3");
  EXPECT_THAT(measure(suite).errors, HasSubstr("0 to do"));

  const auto again = measure(suite, {"--force"});
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(query_value(database_, "select count(*) from run"), "6");
  EXPECT_EQ(query_csv(database_, kFigures), figures);
  EXPECT_EQ(
      query_csv(database_,
                "select series, step, curve.value from curve join runs on runs.id = run_id order by 1, 2, 3"),
      curves);
  EXPECT_THAT(query_csv(database_, "select text from notes"), HasSubstr("measured with the weights of run"));
  EXPECT_EQ(query_value(database_, "select count(distinct train_seconds) from run where attempt > 1"), "2")
      << "those of the training";

  // Another sampler and metric: other runs of the same models.
  auto changed = tiny_suite(models);
  changed.replace(changed.find("\"mixture:2\""), 11, "\"mixture:3\"");
  const auto other = measure(folder_.write("tiny.toml", changed).string());
  ASSERT_EQ(other.exit_code, 0) << other.errors;
  EXPECT_EQ(
      query_value(database_, "select count(*) from figures where variant = 'mixture:3' and name = 'fid'"),
      "2");
  EXPECT_EQ(query_value(database_, "select count(*) from figures where variant = 'mixture:2'"), "0");
  const auto measured =
      call({"export", "7", "--what", "weights", "--output", (folder_ / "out").string(), "--db", database_});
  expect_refused(measured, "run 7 kept no weights; a run that trained the same did: rraebench export 3 ");

  // Other steps: no weights.
  expect_refused(measure(folder_.write("tiny.toml", tiny_suite(models, "[0]", 31)).string()),
                 "no run left weights");
  const auto seeds = measure(folder_.write("tiny.toml", tiny_suite(models, "[0, 1]")).string(), {"--force"});
  EXPECT_EQ(seeds.exit_code, 1);
  EXPECT_THAT(seeds.errors, HasSubstr("2 runs have no weights to be measured with"));
}

TEST_F(Artefacts, WeightsThatAreNotThoseOfTheRunAreRefused) {
  const auto suite = folder_.write("tiny.toml", tiny_suite(model_table("ae"))).string();
  ASSERT_EQ(run(suite, {"--keep", "weights"}).exit_code, 0);
  const auto figures = query_csv(database_, kFigures);
  spoil(kept("weights"));
  const auto spoilt = measure(suite, {"--force"});
  EXPECT_EQ(spoilt.exit_code, 1);
  EXPECT_THAT(query_csv(database_, "select message from run where status = 'error'"),
              HasSubstr("weights.safetensors"));
  EXPECT_EQ(query_csv(database_, kFigures), figures) << "what went well counts";
}

}  // namespace
}  // namespace rraebench
