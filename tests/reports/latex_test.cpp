#include "reports/render/latex.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/known_works.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/text.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Latex : public testing::Test {
 protected:
  std::vector<ReportFile> render() const {
    ReportOptions options;
    options.program_version = "0.1.0";
    options.definitions["relative_error"] = {"100 ||X - Y|| / ||X||", "a paper of 2019"};
    options.definitions["kl_total"] = {"sum_d (mu_d^2 - log sigma_d^2)^(1/2) >= kl_total, 1e-3 sigma_1", ""};
    return render_latex(build_report(read_report_rows(database_), options));
  }

  std::string file(const std::string& name) const {
    for (const auto& [other, content] : render())
      if (other == name) return content;
    return "no file " + name;
  }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Latex, MarksTheBestAndWhatCannotBeToldFromIt) {
  for (int seed = 0; seed < 3; ++seed) {
    database_.store(make_run("VAE", seed, 3.0 + 0.1 * seed));
    database_.store(make_run("VRRAE", seed, 3.05 + 0.11 * seed));
    database_.store(make_run("AE_1", seed, 40.0 + 0.3 * seed));
  }
  const auto table = file("tables/quick-shift-reconstruct.tex");
  EXPECT_THAT(table, HasSubstr("{}VAE & 3 & \\best{\\num{3.10 \\pm 0.10}} \\\\"));
  EXPECT_THAT(table, HasSubstr("{}VRRAE & 3 & \\alike{\\num{3.16 \\pm 0.11}} \\\\"));
  EXPECT_THAT(table, HasSubstr("{}AE\\_1 & 3 & \\num{40.30 \\pm 0.30} \\\\"));
  EXPECT_THAT(table, HasSubstr("Relative error $\\downarrow$ [\\%]"));
  EXPECT_THAT(file("report.tex"), AllOf(HasSubstr("\\input{tables/quick-shift-reconstruct}"),
                                        HasSubstr("Bold: the best mean; underlined: what follows it")));
}

TEST_F(Latex, EachTableStandsAlone) {
  database_.store(make_run("VAE", 0, 3.0));
  const auto table = file("tables/quick-shift-reconstruct.tex");
  EXPECT_THAT(table, HasSubstr("\\providecommand{\\best}"));
  EXPECT_THAT(table, HasSubstr("\\providecommand{\\alike}"));
}

TEST_F(Latex, SetsAPapersFiguresBesideOurs) {
  EXPECT_EQ(file("tables/quick-shift-published.tex"), "no file tables/quick-shift-published.tex");
  database_.store(make_run("VAE", 0, 3.0));
  database_.store(make_run("VAE", 1, 4.0));
  database_.set_published(
      "quick",
      {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 2.0, 0.25, "a paper, table 1"},
       {"shift", "AE", "reconstruct", "relative_error", "", "test", 1.0, std::nullopt, "a paper, table 2"}});
  const auto table = file("tables/quick-shift-published.tex");
  EXPECT_THAT(table, HasSubstr("{}VAE & Relative error, \\% $\\downarrow$ $\\cdot$ test & 2 $\\pm$ 0.25 & "
                               "3.50 $\\pm$ 0.71 {\\footnotesize(n=2)} & +1.50, worse \\\\\n"));
  EXPECT_THAT(table, HasSubstr("\\emph{not measured} & -- \\\\\n"));
  EXPECT_THAT(file("report.tex"), AllOf(HasSubstr("\\input{tables/quick-shift-published}"),
                                        HasSubstr("Published: a paper, table 1; a paper, table 2.")));
}

TEST_F(Latex, HasEachChartAsAFigureOfItsOwn) {
  for (int seed = 0; seed < 2; ++seed) database_.store(make_full_run("My_VAE", seed));
  const auto chart = file("figures/quick-shift-training.tex");
  EXPECT_THAT(chart, AllOf(HasSubstr("\\begin{tikzpicture}"), HasSubstr("\\addlegendentry{My\\_VAE}"),
                           HasSubstr("xlabel={training step}"), HasSubstr("fill opacity=0.15"),
                           HasSubstr("\\providecolor{series0}{HTML}")));
  EXPECT_EQ(file("figures/quick-shift-generation-samples-gaussian-my-vae.png"), tiny_png());
  const auto report = file("report.tex");
  EXPECT_THAT(report,
              AllOf(HasSubstr("\\input{figures/quick-shift-training.tex}"),
                    HasSubstr("\\usepackage{pgfplots}"), HasSubstr("\\label{fig:quick-shift-training}")));
  for (const auto& [name, content] : render()) {
    if (name.rfind("figures/", 0) != 0) continue;
    EXPECT_THAT(report, HasSubstr("{" + name + "}"));
  }
}

TEST_F(Latex, CitesNothingThatIsNoWork) {
  database_.store(make_run("VAE", 0, 3.0));
  database_.describe_plugins(
      {{make_run("VAE", 0).plugin_sha256, "vae", "1.0", "an autoencoder", "an old idea"}});
  EXPECT_EQ(file("references.bib").find("old idea"), std::string::npos);
}

TEST_F(Latex, ALabelIsNoPartOfTheCommandBeforeIt) {
  database_.store(make_run("[a]", 0, 3.0));
  database_.store(make_run("*", 0, 3.0));
  const auto table = file("tables/quick-shift-reconstruct.tex");
  EXPECT_THAT(table, HasSubstr("\\midrule\n{}[a] &"));
  EXPECT_THAT(table, HasSubstr("\\\\\n{}* &"));
}

TEST_F(Latex, SaysWhatIsMissingAndCitesWhatIsUsed) {
  database_.store(make_run("VAE", 0, 3.0));
  auto failed = make_run("AE", 0);
  failed.status = RunStatus::kTimeout;
  database_.store(failed);
  database_.describe_plugins(
      {{make_run("VAE", 0).plugin_sha256, "vae", "1.0", "an autoencoder", "Kingma 2014"}});
  EXPECT_THAT(file("tables/quick-shift-reconstruct.tex"), HasSubstr("AE & 0 of 1 & \\emph{1 timeout}"));
  EXPECT_THAT(file("references.bib"),
              AllOf(HasSubstr("@misc{metric-relative-error,"), HasSubstr("{a paper of 2019}")));
  EXPECT_THAT(file("methods.tex"), HasSubstr("\\cite{metric-relative-error}"));
}

TEST_F(Latex, CitesKnownWorksByTheirOwnEntriesOnceEach) {
  database_.store(make_run("VAE", 0, 3.0));
  auto other = make_run("AE", 0, 3.0);
  other.plugin_sha256 = "bb";
  database_.store(other);
  database_.describe_plugins({{make_run("VAE", 0).plugin_sha256, "vae", "1.0", "an autoencoder",
                               "Kingma and Welling 2013; loss as in arXiv 2505.09458"},
                              {other.plugin_sha256, "ae", "1.0", "an autoencoder", "arXiv 2505.09458"}});
  const auto bib = file("references.bib");
  EXPECT_THAT(bib,
              AllOf(HasSubstr("@inproceedings{kingma2014,"), HasSubstr("Auto-Encoding Variational Bayes")));
  const auto first = bib.find("@misc{mounayer2025,");
  ASSERT_NE(first, std::string::npos) << bib;
  EXPECT_EQ(bib.find("mounayer2025", first + 20), std::string::npos);
  EXPECT_THAT(file("methods.tex"), HasSubstr("\\cite{mounayer2025,kingma2014}"));
}

TEST(WorksNamedIn, KnowsWhatMetricsNameAndNothingElse) {
  EXPECT_EQ(works_named_in("Kynkäänniemi et al. 2019").at(0).key, "kynkaanniemi2019");
  EXPECT_EQ(works_named_in("Lucas et al. 2019, section 6.2").size(), 1U);
  EXPECT_TRUE(works_named_in("standard deviation").empty());
}

TEST_F(Latex, MethodsAreSentencesWithFormulasAsTexHasThem) {
  auto run = make_run("VAE", 0, 3.0);
  run.metrics.push_back(make_metric("collapse", "kl_total", 1.0, ""));
  run.notes = {"shift, collapse: read it as a lower bound"};
  database_.store(run);
  const auto methods = file("methods.tex");
  EXPECT_THAT(methods, HasSubstr(": 100 $\\|$X $-$ Y$\\|$ / $\\|$X$\\|$."));
  EXPECT_THAT(methods, HasSubstr(": sum$_{d}$ ($\\mu_{d}^{2}$ $-$ log $\\sigma_{d}^{2}$)$^{(1/2)}$ $\\geq$ "
                                 "kl\\_total, 1e-3 $\\sigma_{1}$."));
  EXPECT_THAT(methods, HasSubstr("read it as a lower bound.\n"));
}

TEST_F(Latex, WideTablesAreSeveral) {
  auto run = make_run("VAE", 0, 3.0);
  for (const char* name : {"a", "b", "c", "d", "e"})
    run.metrics.push_back(make_metric("reconstruct", name, 1.0, "lower"));
  database_.store(run);
  EXPECT_THAT(file("tables/quick-shift-reconstruct-2.tex"), HasSubstr("no file")) << "narrow columns fit";
  for (const std::string name : {"f", "g", "h"})
    run.metrics.push_back(make_metric("reconstruct", name + "_of_a_name_of_many_letters", 1.0, "lower"));
  run.attempt = 2;
  database_.store(run);
  const auto second = file("tables/quick-shift-reconstruct-2.tex");
  EXPECT_THAT(second, AllOf(HasSubstr("letters"), HasSubstr("\\num{1}")));
}

TEST_F(Latex, AnEmptyDatabaseIsADocumentToo) {
  EXPECT_THAT(file("report.tex"), HasSubstr("\\begin{document}"));
}

TEST(EscapeLatex, LeavesNothingThatIsACommand) {
  EXPECT_EQ(
      escape_latex("50 % of $x_1$ & {y} \\input{/etc/passwd} #2 ~ ^"),
      "50 \\% of \\$x\\_1\\$ \\& \\{y\\} \\textbackslash{}input\\{/etc/passwd\\} \\#2 \\textasciitilde{} "
      "\\textasciicircum{}");
  EXPECT_EQ(escape_latex("± é 😀"), "$\\pm$ é [U+1F600]");
}

}  // namespace
}  // namespace rraebench
