#include "host/common/npz.hpp"
#include "host/program/planning/resources.hpp"
#include "program.hpp"
#include "program_paths.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kFigures =
    "select label, seed, protocol, name, variant, split, value from metric join run on run.id = run_id "
    "where protocol <> 'train' "  // Times.
    "order by 1, 2, 3, 4, 5, 6";

/// Small images of which the lines `measured` say what is measured.
std::string image_suite(int test_count, const std::string& measured) {
  return R"(seeds = [0]
[[comparison]]
name = "bumps"
dataset = { name = "gaussian2d", size = 16, grid_size = 4, test_count = )" +
         std::to_string(test_count) + R"( }
network = { family = "cnn-rrae", mlp_width = 8 }
extractor = "pca:3"
training = { batch_size = 8, stages = [{ learning_rate = 1e-3, epochs = 1 }] }
)" + measured;
}

class Run : public testing::Test {
 protected:
  ProgramResult run(const std::string& database, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "run", suite_, "--db", (folder_ / database).string(), "--cache-dir", (folder_ / "cache").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  }

  std::string query(const std::string& database, const std::string& sql) {
    return query_csv((folder_ / database).string(), sql);
  }

  TemporaryFolder folder_;
  std::string suite_ = folder_.write(
      "tiny.toml",
      tiny_suite(model_table("ae") + model_table("vae") + model_table("rrae-strong", "latent = 20, rank = 1"),
                 "[0, 1]"));
};

TEST_F(Run, StoresEveryProtocolAndReports) {
  const auto result = run("a.db");
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(query("a.db", "select count(*) from run where status = 'ok'"), HasSubstr("6"));
  const auto figures = query("a.db", kFigures);
  for (const char* expected :
       {"reconstruct,relative_error,\"\",train", "reconstruct,relative_error,\"\",test",
        "interpolate,relative_error,grid,test", "generate,fid,gaussian", "generate,fid,mixture:2",
        "generate,precision,gaussian", "generate,recall,mixture:2", "collapse,active_units,variance>0.01",
        "collapse,low_variance_fraction", "collapse,mutual_information",
        "rank,numerical_rank,tolerance=0.001", "rank,effective_rank"})
    EXPECT_THAT(figures, HasSubstr(expected));
  for (const char* of_the_vae_alone : {"variant = 'prior'", "name = 'kl_total'"})
    EXPECT_EQ(
        query("a.db", std::string("select distinct label from metric join run on run.id = run_id where ") +
                          of_the_vae_alone),
        "label\r\nvae\r\n")
        << of_the_vae_alone;

  const auto html = (folder_ / "report.html").string();
  EXPECT_EQ(call({"report", "--db", (folder_ / "a.db").string(), "--output", html}).exit_code, 0);
  EXPECT_NE(read_file(html).find("reconstructions (blue)"), std::string::npos) << "no picture";
  const auto markdown =
      call({"report", "--db", (folder_ / "a.db").string(), "--format", "markdown", "--output", "-"});
  EXPECT_THAT(markdown.output, HasSubstr("rrae-strong"));
}

TEST_F(Run, TheSameSeedGivesTheSameFigures) {
  ASSERT_EQ(run("a.db", {"--threads", "1"}).exit_code, 0);
  ASSERT_EQ(run("b.db", {"--threads", "1", "--jobs", "2"}).exit_code, 0);
  EXPECT_EQ(query("a.db", kFigures), query("b.db", kFigures));
}

TEST_F(Run, WhatIsCompleteIsNotRunAgain) {
  ASSERT_EQ(run("a.db", {"--seeds", "0", "--models", "ae"}).exit_code, 0);
  EXPECT_THAT(run("a.db", {"--plan"}).output, HasSubstr("cached"));
  EXPECT_THAT(run("a.db", {"--seeds", "0"}).errors, HasSubstr("3 runs: 2 to do, 1 complete"));
  EXPECT_THAT(query("a.db", "select count(*) from run"), HasSubstr("3"));
  EXPECT_EQ(run("a.db", {"--seeds", "0", "--models", "ae", "--force"}).exit_code, 0);
  EXPECT_THAT(query("a.db", "select max(attempt) from run where model = 'ae'"), HasSubstr("2"));
}

TEST_F(Run, AResultOfOtherSettingsIsStaleAndTheNewOneCounts) {
  suite_ = folder_.write("s.toml", tiny_suite(model_table("ae", "latent = 2")));
  ASSERT_EQ(run("a.db").exit_code, 0);
  suite_ = folder_.write("s.toml", tiny_suite(model_table("ae", "latent = 3")));
  const auto plan = run("a.db", {"--plan"}).output;
  EXPECT_THAT(plan, HasSubstr("stale"));
  EXPECT_THAT(plan, HasSubstr("options.latent 2 -> 3"));
  const auto again = run("a.db");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.errors, HasSubstr("1 run: 1 to do (1 stale: --plan says why), 0 complete"));
  EXPECT_THAT(query("a.db", "select current from runs order by id"), HasSubstr("0\r\n1"));
}

TEST_F(Run, AWarmUpReachesBetaBeforeFineTuning) {
  auto suite = tiny_suite(model_table("vrrae", "latent = 20, rank = 2, beta = 0.5, beta_warmup = 100000") +
                              model_table("vae", "latent = 2, beta = 0.5, beta_warmup = 100000"),
                          "[0]", 20);
  const std::string stages = "stages = ";
  suite.insert(suite.find(stages), "fine_tuning = [{ learning_rate = 1e-3, steps = 40 }], ");
  suite_ = folder_.write("warm.toml", suite);
  const auto ran = run("a.db");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  // What the KL weighs in the last step before fine-tuning.
  EXPECT_EQ(query("a.db",
                  "select label, round((total.value - error.value) / kl.value, 3) as weight from run "
                  "join curve as total on total.run_id = run.id and total.series = 'loss' "
                  "join curve as error on error.run_id = run.id and error.series = 'reconstruction' and "
                  "error.step = total.step "
                  "join curve as kl on kl.run_id = run.id and kl.series = 'kl' and kl.step = total.step "
                  "where total.step = 20 order by label"),
            "label,weight\r\nvae,0.5\r\nvrrae,0.5\r\n");
}

TEST_F(Run, InterpolatesAndGeneratesImages) {
  suite_ =
      folder_.write("images.toml", image_suite(20, R"(interpolate = { kind = "pairs", pairs = 5, steps = 3 }
generate = { count = 30, samplers = ["gaussian"] }
)") + model_table("ae") + model_table("rrae-strong", "latent = 10, rank = 3"));
  ASSERT_EQ(run("a.db").exit_code, 0);
  const auto figures =
      query("a.db",
            "select label, protocol, name, variant, sample_count, reference_count from metric "
            "join run on run.id = run_id where name = 'fid' order by 1, 2");
  for (const char* label : {"ae", "rrae-strong"}) {
    EXPECT_THAT(figures, HasSubstr(std::string(label) + ",interpolate,fid,pairs,15,20"));
    EXPECT_THAT(figures, HasSubstr(std::string(label) + ",generate,fid,gaussian,30,20"));
  }
  EXPECT_THAT(query("a.db", "select name, count(*) from image group by name order by name"),
              HasSubstr("originals,2\r\nreconstructions,2\r\nsamples,2\r\nstrips,2"));
}

TEST_F(Run, SharesTheCoresAndSaysWhereMoreAreAskedFor) {
  const auto cores = usable_cores();
  const std::vector<std::string> one = {"--models", "ae", "--seeds", "0", "--jobs"};
  const auto with_jobs = [&](std::int64_t jobs, const std::vector<std::string>& more = {}) {
    auto arguments = one;
    arguments.push_back(std::to_string(jobs));
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run("a.db", arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.errors;
  };
  const std::string excess = ", more than there are cores";
  EXPECT_THAT(with_jobs(cores), HasSubstr(fmt::format("; {} at a time with 1 thread each; results", cores)));
  EXPECT_THAT(with_jobs(1), Not(HasSubstr(excess)));
  EXPECT_THAT(with_jobs(cores, {"--threads", "2"}), HasSubstr("2 threads each" + excess));
  EXPECT_THAT(with_jobs(cores + 1), HasSubstr("1 thread each" + excess));
}

TEST_F(Run, TrainsInBfloat16WhereTheProcessorDoes) {
  const auto plan = run("a.db", {"--plan", "--precision", "bfloat16"});
  if (!processor_has_bfloat16()) {
    EXPECT_EQ(plan.exit_code, 2);
    EXPECT_THAT(plan.errors,
                HasSubstr("precision is bfloat16, for which this processor has no instructions"));
    GTEST_SKIP() << "this processor has no instructions for bfloat16";
  }
  ASSERT_EQ(run("a.db", {"--models", "rrae-strong", "--seeds", "0"}).exit_code, 0);
  const auto reduced = run("a.db", {"--models", "rrae-strong", "--seeds", "0", "--precision", "bfloat16"});
  ASSERT_EQ(reduced.exit_code, 0) << reduced.errors;
  // Other figures, near the ones in full precision, and both count.
  const auto errors =
      query("a.db",
            "select count(distinct value), max(value) < 1.2 * min(value) from metric join runs on "
            "runs.id = run_id where current and protocol = 'reconstruct' and split = 'train'");
  EXPECT_THAT(errors, HasSubstr("2,1"));
}

TEST_F(Run, InterpolationSetsGiveMeanAndDeviation) {
  suite_ = folder_.write(
      "sets.toml", image_suite(20, "interpolate = { kind = \"pairs\", pairs = 5, steps = 3, sets = 3 }\n") +
                       model_table("ae"));
  ASSERT_EQ(run("a.db").exit_code, 0);
  const auto figures = query("a.db", "select name, variant, sample_count from metric where value > 0");
  EXPECT_THAT(figures, HasSubstr("fid,pairs,15"));
  EXPECT_THAT(figures, HasSubstr("fid_deviation,pairs,15"));
  EXPECT_THAT(query("a.db", "select count(*) from image where name = 'strips'"), HasSubstr("1"));
}

TEST_F(Run, EveryFeatureMetricIsMeasuredOnRequest) {
  suite_ =
      folder_.write("metrics.toml", image_suite(40, R"(interpolate = { kind = "pairs", pairs = 10, steps = 3 }
generate = { count = 30, samplers = ["gaussian"] }
[comparison.features]
metrics = ["fid", "fid_infinity", "kid", "precision", "recall", "density", "coverage", "path"]
kid_subset_size = 20
neighbours = 3
bootstrap = 20
)") + model_table("ae"));
  ASSERT_EQ(run("a.db").exit_code, 0);
  const auto figures = query("a.db", "select protocol, name, reference_count, sample_count from metric");
  for (const char* name :
       {"fid", "fid_lower", "fid_upper", "fid_infinity", "kid", "kid_deviation", "precision",
        "precision_lower", "precision_upper", "recall", "recall_lower", "recall_upper", "density",
        "density_lower", "density_upper", "coverage", "coverage_lower", "coverage_upper"}) {
    EXPECT_THAT(figures, HasSubstr("interpolate," + std::string(name) + ",40,30"));
    EXPECT_THAT(figures, HasSubstr("generate," + std::string(name) + ",40,30"));
  }
  EXPECT_THAT(figures, HasSubstr("interpolate,path_length,0,10"));
  EXPECT_THAT(figures, HasSubstr("interpolate,path_detour,0,10"));
  EXPECT_THAT(figures, Not(HasSubstr("entropy")));
  EXPECT_THAT(query("a.db",
                    "select count(*) from metric f join metric l on l.name = 'fid_lower' and "
                    "l.protocol = f.protocol join metric u on u.name = 'fid_upper' and "
                    "u.protocol = f.protocol where f.name = 'fid' and l.value < f.value and "
                    "f.value < u.value"),
              HasSubstr("2"));
}

TEST_F(Run, StatisticsOfAnotherToolReplaceTheRealSamples) {
  NpzArrays statistics = {{"mu", {{3}, {0, 0, 0}, false}},
                          {"sigma", {{3, 3}, {4, 0, 0, 0, 4, 0, 0, 0, 4}, false}}};
  const auto file = (folder_ / "other.npz").string();
  write_npz(file, statistics);
  auto text = tiny_suite(model_table("ae"));
  text.insert(text.find("interpolate ="),
              "features = { statistics = \"other.npz\" }\n");  // Beside the suite.
  suite_ = folder_.write("statistics.toml", text);
  ASSERT_EQ(run("a.db").exit_code, 0);
  const std::string fids = "select extractor, split, reference_count from metric where name = 'fid' limit 1";
  EXPECT_THAT(query("a.db", fids), HasSubstr("pca:3 against other.npz@"));
  EXPECT_THAT(query("a.db", fids), HasSubstr(",\"\",0"));
  EXPECT_THAT(run("a.db", {"--plan"}).output, HasSubstr("cached"));
  statistics["mu"].values[0] = 1.0;  // Another file is another run.
  write_npz(file, statistics);
  EXPECT_THAT(run("a.db", {"--plan"}).output, HasSubstr("features.statistics_sha256 changed"));
  std::filesystem::remove(file);
  EXPECT_THAT(run("a.db", {"--plan"}).errors,
              HasSubstr("'statistics': other.npz: no such file beside the suite (" + folder_.path().string() +
                        ") or in the current folder"));
}

TEST_F(Run, ExportedStatisticsGiveTheSameFid) {
  const auto folder = (folder_ / "statistics").string();
  const auto exported =
      call({"statistics", suite_, "--output", folder, "--cache-dir", (folder_ / "cache").string()});
  ASSERT_EQ(exported.exit_code, 0) << exported.errors;
  EXPECT_EQ(exported.output, folder + "/tiny-tiny.npz\n");
  ASSERT_EQ(run("own.db", {"--models", "ae", "--seeds", "0"}).exit_code, 0);
  auto text = read_file(suite_);
  text.insert(text.find("interpolate ="), "features = { statistics = \"" + folder + "/tiny-tiny.npz\" }\n");
  suite_ = folder_.write("imported.toml", text);
  ASSERT_EQ(run("imported.db", {"--models", "ae", "--seeds", "0"}).exit_code, 0);
  const std::string fids = "select variant, reference_count, value from metric where name = 'fid' order by 1";
  EXPECT_EQ(query("own.db", fids), query("imported.db", fids));
}

TEST_F(Run, PlanTouchesNothing) {
  const auto result = run("a.db", {"--plan"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("new"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.db"));
}

TEST_F(Run, WhatIsGeneratedWithoutAnExtractorIsSaidToBeMeasuredByNothing) {
  auto text = tiny_suite(model_table("ae") + model_table("vae"));
  const std::string extractor = "extractor = \"pca:3\"\n";
  const auto plan_of = [&](const std::string& suite) {
    suite_ = folder_.write("tiny.toml", suite);
    const auto result = run("a.db", {"--plan"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.errors;
  };
  EXPECT_THAT(plan_of(text), Not(HasSubstr("no extractor")));
  text.erase(text.find(extractor), extractor.size());
  const std::string words =
      "warning: comparison 'tiny' generates, but has no extractor: no FID nor any other figure comes of "
      "that; add extractor = \"pca:10\"\n";
  const auto said = plan_of(text);
  EXPECT_THAT(said, HasSubstr(words));
  EXPECT_EQ(said.find(words, said.find(words) + 1), std::string::npos) << "once for all models";
  text.erase(text.find("generate = "),
             text.find('\n', text.find("generate = ")) + 1 - text.find("generate = "));
  EXPECT_THAT(plan_of(text), Not(HasSubstr("no extractor"))) << "a grid is measured without features";
}

TEST_F(Run, ModelsAreChosenByLabelsWithCommasAndHoweverANumberIsWritten) {
  suite_ = folder_.write("labels.toml", tiny_suite(R"([[comparison.models]]
plugin = "ae"
label = "AE, narrow"
options = { latent = 2 }
[[comparison.models]]
plugin = "vae"
label = "VAE"
options = { latent = 2 }
sweep = { option = "beta", values = [1e-4, 1e-3] }
)"));
  const auto planned = [&](const std::vector<std::string>& choice) {
    std::vector<std::string> more = {"--plan", "--format", "csv"};
    more.insert(more.end(), choice.begin(), choice.end());
    const auto result = run("a.db", more);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.output;
  };
  EXPECT_EQ(line_count(planned({})), 4);
  const auto narrow = planned({"--model", "AE, narrow"});
  EXPECT_EQ(line_count(narrow), 2) << narrow;
  EXPECT_THAT(narrow, HasSubstr("\"AE, narrow\""));
  EXPECT_EQ(line_count(planned({"--model", "AE, narrow", "--models", "VAE beta=0.001"})), 3);
  EXPECT_EQ(line_count(planned({"--model", "AE, narrow", "--model", "vae", "--dataset", "shift"})), 4);
  for (const char* value : {"1e-4", "1e-04", "0.0001", "1E-4"}) {
    const auto one = planned({"--models", std::string("VAE beta=") + value});
    EXPECT_EQ(line_count(one), 2) << one;
    EXPECT_THAT(one, Not(HasSubstr("beta=0.001")));
  }
  const auto split = run("a.db", {"--plan", "--models", "AE, narrow"});
  EXPECT_EQ(split.exit_code, 2);
  EXPECT_THAT(split.errors, HasSubstr("--model takes a name with its commas"));
  EXPECT_THAT(run("a.db", {"--plan", "--models", "VAE beta=1e-4,VAE beta=1e-04"}).errors,
              HasSubstr("'VAE beta=1e-04' is asked for twice"));
}

TEST_F(Run, InterruptedRunsGoOnToTheSameFigures) {
  const auto marker = folder_ / "interrupt";
  suite_ = folder_.write("cut.toml",
                         tiny_suite(model_table("bad-interrupts", "marker = \"" + marker.string() + "\"")));
  const std::vector<std::string> bad_plugins = {"--plugin-dir", kBadPlugins};
  ASSERT_EQ(run("whole.db", bad_plugins).exit_code, 0);

  folder_.write("interrupt", "");
  EXPECT_EQ(run("cut.db", bad_plugins).exit_code, 130);
  EXPECT_FALSE(std::filesystem::exists(marker));
  EXPECT_THAT(query("cut.db", "select status from run"), HasSubstr("interrupted"));
  const auto checkpoints = folder_ / "cut.db.checkpoints";
  ASSERT_FALSE(std::filesystem::is_empty(checkpoints));

  EXPECT_EQ(run("cut.db", bad_plugins).exit_code, 0);
  EXPECT_THAT(query("cut.db", "select attempt, status from runs"), HasSubstr("2,ok"));
  const auto figures = query("cut.db", kFigures);
  EXPECT_THAT(figures, HasSubstr("relative_error"));
  EXPECT_EQ(figures, query("whole.db", kFigures));
  EXPECT_FALSE(std::filesystem::exists(checkpoints));
}

}  // namespace
}  // namespace rraebench
