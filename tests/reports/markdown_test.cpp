#include "reports/render/markdown.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Markdown : public testing::Test {
 protected:
  std::string render() const {
    ReportOptions options;
    options.program_version = "0.1.0";
    options.definitions["relative_error"] = {"100 ||X - Y|| / ||X||", "a paper"};
    return render_markdown(build_report(read_report_rows(database_), options));
  }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Markdown, OfAnEmptyDatabaseSaysSo) {
  EXPECT_THAT(render(), HasSubstr("No runs yet."));
}

TEST_F(Markdown, TheBestIsBoldWhereItCanBeTold) {
  for (int seed = 0; seed < 3; ++seed) {
    database_.store(make_run("VAE", seed, 3.0 + 0.1 * seed));
    database_.store(make_run("AE", seed, 40.0 + 0.3 * seed));
  }
  const auto markdown = render();
  EXPECT_THAT(markdown,
              HasSubstr("| VAE | 3 of 3 runs | **3.10 ± 0.10** |\n| AE | 3 of 3 runs | 40.30 ± 0.30 |"));
  EXPECT_THAT(markdown, HasSubstr("Welch's test over 3 seeds, Holm's correction for one pair"));
}

TEST_F(Markdown, OfSamplesThatWereMadeElsewhereThereIsNoCost) {
  auto scored = make_run("GAN", 0, 3.0);
  scored.train_seconds = scored.samples_per_second = 0.0;
  scored.train_steps = scored.parameter_count = scored.peak_memory_bytes = 0;
  database_.store(scored);
  EXPECT_THAT(render(), AllOf(HasSubstr("### Reconstruction"), Not(HasSubstr("### Cost"))));
  database_.store(make_run("VAE", 0, 3.0));
  EXPECT_THAT(render(), HasSubstr("### Cost"));
}

TEST_F(Markdown, SaysOnceWhatIsOfTheRealSamples) {
  const auto store = [&](const std::string& label, double entropy) {
    auto run = make_run(label, 0);
    run.metrics = {make_metric("generate", "fid", 3.0, "lower"),
                   make_metric("generate", "real_entropy", entropy, "")};
    run.metrics.back().unit = "nats";
    database_.store(run);
  };
  store("VAE", 2.5);
  store("AE", 2.5 + 1e-8);
  EXPECT_THAT(render(), AllOf(HasSubstr("All with real entropy 2.5 nats.\n\n| Model | Runs | FID ↓ |\n"),
                              Not(HasSubstr("| Real entropy"))));
  store("measured with another", 2.6);
  EXPECT_THAT(render(), AllOf(HasSubstr("| Real entropy, nats |"), Not(HasSubstr("All with real"))));
}

TEST_F(Markdown, SaysWhatAModelHasNotInPlaceOfAFigure) {
  const auto store = [&](const std::string& label, const std::vector<std::string>& samplers, bool posterior) {
    auto run = make_run(label, 0);
    run.spec_json = R"({"generation":{"samplers":["prior","gaussian","posterior"]}})";
    for (const auto& sampler : samplers) {
      run.metrics.push_back(make_metric("generate", "fid", 2.0, "lower"));
      run.metrics.back().variant = sampler;
    }
    run.metrics.push_back(make_metric("collapse", "active_units", 2.0, ""));
    if (posterior)
      for (const char* name : {"kl_total", "mutual_information"})
        run.metrics.push_back(make_metric("collapse", name, 2.0, ""));
    return run;
  };
  database_.store(store("VAE", {"prior", "gaussian", "posterior"}, true));
  database_.store(store("AE", {"gaussian"}, false));
  auto noted = store("odd", {"gaussian"}, false);
  noted.notes = {"shift, generate prior: nothing is measured: too large",
                 "shift, collapse: mutual_information: not measured: too large"};
  database_.store(noted);
  auto unasked = store("unasked", {"gaussian"}, true);
  unasked.spec_json = R"({"generation":{"samplers":["gaussian"]}})";
  database_.store(unasked);
  const auto markdown = render();
  EXPECT_THAT(markdown, HasSubstr("| AE | 1 of 1 run | *no prior* | 2 | *no posterior* |"));
  EXPECT_THAT(markdown, HasSubstr("| AE | 1 of 1 run | 2 | *no posterior* | *no posterior* |"));
  EXPECT_THAT(markdown, HasSubstr("| odd | 1 of 1 run | *not measured* | 2 | *no posterior* |"));
  EXPECT_THAT(markdown, HasSubstr("| odd | 1 of 1 run | 2 | *not measured* | *not measured* |"));
  EXPECT_THAT(markdown, HasSubstr("| unasked | 1 of 1 run | *not measured* | 2 | *not measured* |"));
}

TEST_F(Markdown, HasTables) {
  database_.store(make_run("VAE", 0, 3.0));
  database_.store(make_run("VAE", 1, 4.0));
  database_.store(make_run("AE", 0, 40.0));
  auto failed = make_run("AE", 1);
  failed.status = RunStatus::kTimeout;
  failed.message = "still running after 60 s";
  database_.store(failed);
  database_.set_published(
      "quick", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 2.0, std::nullopt, "a paper"}});
  const auto markdown = render();
  EXPECT_THAT(markdown, HasSubstr("| Model | Runs | Relative error, % ↓ · test |\n| --- | --- | ---: |\n"
                                  "| VAE | 2 of 2 runs | 3.50 ± 0.71 |\n"
                                  "| AE | 1 of 2 runs, 1 timeout | 40.00 |\n"))
      << "two seeds make nothing the best";
  EXPECT_THAT(markdown, HasSubstr("fewer than two models have 3 seeds"));
  EXPECT_THAT(markdown,
              HasSubstr("| AE | quick · shift · seed 1 · attempt 1 | timeout | still running after 60 s |"));
  EXPECT_THAT(markdown, HasSubstr("| 2 | 3.50 ± 0.71 (n=2) | +1.50, worse | a paper |"));
  EXPECT_THAT(markdown, HasSubstr("- **Relative error**: 100 \\|\\|X"));
}

TEST_F(Markdown, SaysOnceWhatAllColumnsWereMeasuredWith) {
  auto run = make_run("AE", 0);
  auto path = make_fid(2.0, "classifier", "3fa9c1d2e4f5", 50);
  path.name = "path_length";
  path.reference_count = 0;
  run.metrics = {make_fid(20.0, "classifier", "3fa9c1d2e4f5", 1000), path};
  database_.store(run);
  const auto markdown = render();
  EXPECT_THAT(markdown, HasSubstr("All with classifier@3fa9c1d2."));
  EXPECT_THAT(markdown, HasSubstr("| FID ↓ · gaussian · 2000 real, 1000 own samples |"));
  EXPECT_THAT(markdown, HasSubstr(" · 50 samples |"));
}

TEST_F(Markdown, ShowsTheSpreadOfManySeedsBesideThePaper) {
  for (const auto& [seed, error] : {std::pair{0, 1.0}, {1, 2.0}, {2, 4.0}, {3, 3.5}, {4, 90.0}, {5, 5.5}})
    database_.store(make_run("VAE", seed, error));
  database_.set_published(
      "quick", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 2.0, std::nullopt, "a paper"}});
  EXPECT_THAT(render(), HasSubstr("(n=6, median 3.75, 1.00 to 90.00)"));
}

TEST_F(Markdown, SaysWhichShareOfTheTrainingOursHadBesideThePaper) {
  auto run = make_run("VAE", 0, 3.0);
  run.spec_json = R"({"training":{"scale":0.25}})";
  database_.store(run);
  database_.set_published(
      "quick", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 2.0, std::nullopt, "a paper"}});
  EXPECT_THAT(render(), HasSubstr("| 3 (n=1, 0.25 of the training) |"));
}

TEST_F(Markdown, SaysWhichModelIsNeverMarked) {
  for (int seed = 0; seed < 3; ++seed) {
    database_.store(make_run("good", seed, 3.0 + 0.01 * seed));
    database_.store(make_run("poor", seed, 9.0 + 0.01 * seed));
    if (seed < 2) database_.store(make_run("best", seed, 1.0));
  }
  auto failed = make_run("best", 2);
  failed.status = RunStatus::kDiverged;
  database_.store(failed);
  EXPECT_THAT(render(),
              AllOf(HasSubstr("**3.010 ± 0.010**"), HasSubstr("less than 1 % of the real samples: best.")));
}

TEST_F(Markdown, CallsNoGapWorseThatIsPrintedAsNone) {
  for (int seed = 0; seed < 2; ++seed) database_.store(make_run("VAE", seed, 33.501 + 2.0 * (seed - 0.5)));
  database_.set_published("quick", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 33.5,
                                     std::nullopt, "a paper"}});
  EXPECT_THAT(render(), HasSubstr("| 33.5 ± 1.4 (n=2) | 0.0 | a paper |"));
}

TEST_F(Markdown, NoCommandLeavesItsFence) {
  auto run = make_run("VAE", 0, 3.0);
  run.command = "rraebench run '```' <img src=x>";
  database_.store(run);
  EXPECT_THAT(render(), AllOf(HasSubstr("\n````sh\n"), HasSubstr("\n````\n")));
}

TEST_F(Markdown, SaysWhereAFigureHasFewerRuns) {
  database_.store(make_run("VAE", 0, 3.0));
  database_.store(make_run("VAE", 1));
  database_.store(make_run("AE", 0));
  EXPECT_THAT(render(), HasSubstr("| VAE | 2 of 2 runs | 3 (n=1 of 2) |"));
  EXPECT_THAT(render(), HasSubstr("| AE | 1 of 2 runs, 1 missing | *not measured* |"));
}

TEST_F(Markdown, TablesKeepTheirShapeWithHostileText) {
  auto run = make_run("a|b\n<script>alert(1)</script>`", 0, 3.0);
  run.status = RunStatus::kError;
  run.message = "x | y\n# z";
  database_.store(run);
  const auto markdown = render();
  EXPECT_THAT(markdown, Not(HasSubstr("<script")));
  std::istringstream lines(markdown);
  std::size_t expected = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| ", 0) != 0) {
      expected = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    if (expected == 0) expected = bars;
    EXPECT_EQ(bars, expected) << line;
  }
}

}  // namespace
}  // namespace rraebench
