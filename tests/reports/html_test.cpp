#include "reports/render/html.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/assets.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

const char* const kHostile = "<script>alert(1)</script>\"'&{{x}}{{{y}}}</style><!--";

class Html : public testing::Test {
 protected:
  std::string render() const {
    ReportOptions options;
    options.program_version = "0.1.0";
    options.generated_at = "2025-01-02 10:00 UTC";
    options.definitions["fid"] = {"the <Fréchet> distance", "a paper"};
    return render_html(build_report(read_report_rows(database_), options));
  }

  // The page without its scripts and styles, which are ours.
  static std::string without_scripts(std::string page) {
    for (const auto* element : {"script", "style"}) {
      const auto open = std::string("<") + element;
      const auto close = std::string("</") + element + ">";
      for (auto begin = page.find(open); begin != std::string::npos; begin = page.find(open)) {
        const auto end = page.find(close, begin);
        if (end == std::string::npos) {
          ADD_FAILURE() << element << " is not closed";
          return page;
        }
        page.erase(begin, end + close.size() - begin);
      }
    }
    return page;
  }

  // Every element that is opened is closed, in order.
  static void expect_well_formed(const std::string& page) {
    static const std::regex kTag("<(/?)([a-zA-Z0-9]+)([^<>\"]|\"[^\"]*\")*>");
    static const std::vector<std::string> kVoid = {"meta", "img", "br", "link", "input", "hr"};
    std::vector<std::string> open;
    for (std::sregex_iterator tag(page.begin(), page.end(), kTag), end; tag != end; ++tag) {
      const auto name = (*tag)[2].str();
      const auto text = tag->str();
      const bool closes_itself = text[text.size() - 2] == '/';
      if (closes_itself || std::find(kVoid.begin(), kVoid.end(), name) != kVoid.end()) continue;
      if ((*tag)[1].length() == 0) {
        open.push_back(name);
      } else {
        ASSERT_FALSE(open.empty()) << "</" << name << ">";
        ASSERT_EQ(open.back(), name);
        open.pop_back();
      }
    }
    EXPECT_TRUE(open.empty()) << open.back();
  }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Html, OfAnEmptyDatabaseSaysSo) {
  const auto page = render();
  EXPECT_THAT(page, HasSubstr("No runs yet"));
  EXPECT_EQ(page.rfind("<!doctype html>", 0), 0U);
  expect_well_formed(without_scripts(page));
  EXPECT_LT(page.size(), 100000U) << "the frame of a page is small";
}

TEST_F(Html, ShowsFiguresChartsPicturesAndFailures) {
  database_.store(make_full_run("VAE", 0));
  database_.store(make_full_run("VAE", 1));
  database_.store(make_full_run("AE", 1));
  auto failed = make_run("AE", 0);
  failed.status = RunStatus::kOutOfMemory;
  failed.message = "no memory left";
  failed.stderr_tail = "last words";
  database_.store(failed);
  database_.set_published(
      "quick", {{"shift", "VAE", "reconstruct", "relative_error", "", "test", 2.0, 0.5, "a paper"}});
  const auto page = render();
  EXPECT_THAT(page, HasSubstr("3.50"));
  EXPECT_THAT(page, HasSubstr("± 0.71"));
  EXPECT_THAT(page, HasSubstr("1 of 2 runs, 1 oom"));
  EXPECT_THAT(page, HasSubstr("no memory left"));
  EXPECT_THAT(page, HasSubstr("last words"));
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(page, HasSubstr("class=\"pixelated\""));
  EXPECT_THAT(page, HasSubstr("classifier@3fa9c1d2"));
  EXPECT_THAT(page, HasSubstr("the &lt;Fréchet&gt; distance"));
  EXPECT_THAT(page, HasSubstr("+1.50, worse"));
  EXPECT_THAT(page, HasSubstr("A processor"));
  EXPECT_THAT(page, HasSubstr("rraebench run quick --db "));
  EXPECT_THAT(page, HasSubstr(">σ / σ₁</text>"));
  expect_well_formed(without_scripts(page));
  EXPECT_LT(page.size(), 150000U);
}

TEST_F(Html, ResultsStandBeforeNotesAndWhatWasCompared) {
  auto run = make_full_run("VAE", 0);
  run.notes = {"all samples are <equal>"};
  database_.store(run);
  const auto page = render();
  const auto table = page.find("<table class=\"figures");
  const auto note = page.find("VAE, seed 0: all samples are &lt;equal&gt;");
  const auto settings = page.find("What was compared");
  ASSERT_NE(table, std::string::npos);
  ASSERT_NE(note, std::string::npos);
  ASSERT_NE(settings, std::string::npos);
  EXPECT_LT(table, note);
  EXPECT_LT(note, settings);
}

TEST_F(Html, AlignsEstimatesBelowTheirOriginals) {
  for (const char* label : {"AE", "VAE"}) {
    auto run = make_full_run(label, 0);
    run.images = {{"reconstruct", kOriginals, "", "test samples", 1, 1, tiny_png()},
                  {"reconstruct", "reconstructions", "", "their reconstructions", 1, 2, tiny_png()},
                  {"generate", "samples", "prior", "samples", 1, 1, "[[[0,1]]]", kCurvesPicture}};
    database_.store(run);
  }
  const auto page = render();
  const auto gallery = page.find("class=\"gallery aligned\"");
  ASSERT_NE(gallery, std::string::npos);
  const auto originals = page.find("<strong>originals</strong>", gallery);
  ASSERT_NE(originals, std::string::npos);
  EXPECT_EQ(page.find("<strong>originals</strong>", originals + 1), std::string::npos)
      << "once for all models";
  EXPECT_LT(originals, page.find("their reconstructions</span>", gallery));
  EXPECT_THAT(page, HasSubstr("<path d=\"M0.0 76.0L128.0 4.0\"/>")) << "curves are drawn";
  expect_well_formed(without_scripts(page));
}

TEST_F(Html, LoadsNothing) {
  database_.store(make_full_run("VAE", 0));
  const auto page = render();
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  const auto text = without_scripts(page);
  const std::regex loads("(src|href|srcset|poster|action)\\s*=\\s*[\"']?\\s*(https?:|//|file:)",
                         std::regex::icase);
  EXPECT_FALSE(std::regex_search(text, loads));
  EXPECT_THAT(text, Not(HasSubstr("<link")));
  const std::string css(report_css());
  EXPECT_THAT(css, Not(HasSubstr("@import")));
  EXPECT_THAT(css, Not(HasSubstr("url(")));
  EXPECT_THAT(page, Not(HasSubstr("sourceMappingURL")));
  EXPECT_THAT(page, Not(testing::ContainsRegex("<script[^>]*src")));
}

TEST_F(Html, EscapesAllThatComesFromTheDatabase) {
  auto run = make_full_run(kHostile, 0);
  run.suite = run.comparison = run.dataset = run.model = kHostile;
  run.environment.cpu = run.environment.blas = kHostile;
  for (auto& metric : run.metrics) {
    metric.protocol = metric.name = metric.variant = metric.split = metric.unit = metric.extractor = kHostile;
    metric.sample_count = static_cast<std::int64_t>(&metric - run.metrics.data());
  }
  for (auto& point : run.curve) point.series = kHostile;
  run.images[0].name = run.images[0].variant = run.images[0].caption = kHostile;
  database_.store(run);
  auto failed = make_run(kHostile, 1);
  failed.suite = failed.comparison = failed.dataset = kHostile;
  failed.status = RunStatus::kError;
  failed.message = failed.stderr_tail = std::string(kHostile) + "\x1b[2J\xff";
  database_.store(failed);
  database_.set_published(kHostile,
                          {{kHostile, kHostile, kHostile, kHostile, kHostile, kHostile, 2.0, 0.5, kHostile}});
  const auto page = render();
  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
  expect_well_formed(without_scripts(page));
}

TEST_F(Html, ARunWithoutAnyFigureIsNoProblem) {
  database_.store(make_run("VAE", 0));
  auto odd = make_run("AE", 0);
  odd.spectra = {{"singular_values", {0.0, 0.0}}, {"kl_per_dimension", {}}, {"coefficient_variance", {0.0}}};
  odd.curve = {{"loss", 0, std::nan("")}};
  odd.images = {{"generate", "samples", "", "", 0, 0, ""}};
  database_.store(odd);
  const auto page = render();
  expect_well_formed(without_scripts(page));
}

TEST_F(Html, IsTheSameForTheSameInput) {
  database_.store(make_full_run("VAE", 0));
  EXPECT_EQ(render(), render());
}

TEST_F(Html, OfManyRunsIsAPageForEachSuite) {
  for (const char* suite : {"one", "two/..", "three"})
    for (int seed = 0; seed < 70; ++seed) {
      auto run = make_run("VAE", seed, 1.0 + seed);
      run.suite = suite;
      run.identity = suite + std::to_string(seed);
      database_.store(run);
    }
  const auto pages = render_html_pages(build_report(read_report_rows(database_), {}), "all.html");
  ASSERT_EQ(pages.size(), 4U);
  EXPECT_EQ(pages[0].name, "all.html");
  EXPECT_THAT(pages[0].content,
              AllOf(HasSubstr("<a href=\"all-two.html\">two/..</a>"), HasSubstr("70 runs, 0 not ok"),
                    Not(HasSubstr("Values of every seed"))));
  EXPECT_EQ(pages[2].name, "all-two.html");
  EXPECT_THAT(pages[2].content,
              AllOf(HasSubstr("two/.."), HasSubstr("Values of every seed"), Not(HasSubstr("three"))));
}

}  // namespace
}  // namespace rraebench
