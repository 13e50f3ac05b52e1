#include "reports/render/figure_files.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(FigureFiles, AreChartsWithTheirKeyAndPicturesNamedByWhatTheyShow) {
  TemporaryFolder folder;
  auto database = ResultsDatabase::open_or_create(folder / "results.db");
  database.store(make_full_run("My <VAE>", 0));
  std::map<std::string, std::string> files;
  for (const auto& [name, content] : render_figure_files(build_report(read_report_rows(database), {})))
    EXPECT_TRUE(files.emplace(name, content).second) << name << " comes twice";
  ASSERT_EQ(files.count("quick-shift-training.svg"), 1U);
  EXPECT_THAT(files["quick-shift-training.svg"],
              AllOf(StartsWith("<?xml"), HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""),
                    HasSubstr(">My &lt;VAE&gt;</text>"), HasSubstr("training step"),
                    HasSubstr(">Of the reconstruction part of the loss"), HasSubstr("1 seed.</text>")))
      << "what its marks are";
  std::size_t pictures = 0;
  for (const auto& [name, content] : files)
    if (name.find(".png") != std::string::npos) {
      ++pictures;
      EXPECT_EQ(content, tiny_png());
      EXPECT_THAT(name, AllOf(StartsWith("quick-shift-"), HasSubstr("-my-vae")));
    }
  EXPECT_GT(pictures, 0U);
}

TEST(FigureFiles, HaveOriginalsOnceAndCurvesAsVectors) {
  TemporaryFolder folder;
  auto database = ResultsDatabase::open_or_create(folder / "results.db");
  for (const char* label : {"AE", "VAE"}) {
    auto run = make_full_run(label, 0);
    run.images = {{"reconstruct", kOriginals, "", "test samples", 1, 1, tiny_png()},
                  {"generate", "samples", "prior", "samples", 1, 1, "[[[0,1]]]", kCurvesPicture}};
    database.store(run);
  }
  std::map<std::string, std::string> files;
  for (const auto& [name, content] : render_figure_files(build_report(read_report_rows(database), {})))
    files.emplace(name, content);
  std::size_t originals = 0;
  std::size_t curves = 0;
  for (const auto& [name, content] : files) {
    if (name.find("originals") != std::string::npos) {
      ++originals;
      EXPECT_EQ(content, tiny_png());
    }
    if (content.find("M0.0 76.0L128.0 4.0") == std::string::npos) continue;
    ++curves;
    EXPECT_THAT(name, HasSubstr("prior"));
    EXPECT_THAT(content, AllOf(StartsWith("<?xml"), HasSubstr("xmlns=")));
  }
  EXPECT_EQ(originals, 1U);
  EXPECT_EQ(curves, 2U);
}

TEST(FileNames, ArePlainAndNeverTheSame) {
  FileNames names;
  EXPECT_EQ(names.take({"Quick", "a/b", "../x y"}), "quick-a-b-x-y");
  EXPECT_EQ(names.take({"quick", "a b", "x.y"}), "quick-a-b-x-y-2");
  EXPECT_EQ(names.take({"é", ""}), "unnamed");
}

}  // namespace
}  // namespace rraebench
