#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/latex.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Where pdflatex is, a document with all that a report can have is compiled by it.
TEST(LatexDocument, Compiles) {
  if (std::system("pdflatex --version > /dev/null 2>&1 && kpsewhich siunitx.sty booktabs.sty pgfplots.sty > "
                  "/dev/null") != 0)
    GTEST_SKIP() << "no pdflatex with siunitx, booktabs and pgfplots here";
  TemporaryFolder scratch;
  auto database = ResultsDatabase::open_or_create(scratch / "results.db");
  for (int seed = 0; seed < 3; ++seed) {
    database.store(make_full_run("VAE", seed));
    database.store(make_run("a \"hostile\" \\label{x} % & 😀 <|>", seed, 1e-7 * (seed + 1)));
    database.store(make_run("large", seed, 1.234e9));
  }
  std::vector<PublishedRecord> published;
  for (int i = 0; i < 40; ++i)
    published.push_back({"shift", "VAE", "reconstruct",
                         i == 0 ? "relative_error" : fmt::format("figure_{}", i), "", "test", 3.5, 0.25,
                         "a paper of 2019, table 1"});
  published.push_back(
      {"shift", "not [run]", "generate", "fid", "prior", "", 1e-7, std::nullopt, "a & b, table 2"});
  database.set_published("quick", published);
  const auto folder = scratch / "latex";
  ReportOptions options;
  options.definitions["relative_error"] = {"100 ||X - Y|| / ||X||", "a paper of 2019"};
  for (const auto& [name, content] : render_latex(build_report(read_report_rows(database), options)))
    scratch.write("latex/" + name, content);
  const auto call = [&](const std::string& command) {
    return std::system(("cd '" + folder.string() + "' && (" + command + ") > log.txt 2>&1").c_str());
  };
  const std::string pdflatex = "pdflatex -interaction=nonstopmode -halt-on-error report.tex";
  ASSERT_EQ(call(pdflatex), 0) << read_file(folder / "log.txt");
  EXPECT_EQ(call("bibtex report"), 0) << read_file(folder / "log.txt");
  ASSERT_EQ(call(pdflatex + " && " + pdflatex), 0) << read_file(folder / "log.txt");
  EXPECT_THAT(read_file(folder / "report.log"), Not(HasSubstr("undefined references")));
}

}  // namespace
}  // namespace rraebench
