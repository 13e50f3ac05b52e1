#include "reports/render/curve_panels.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ImageRecord picture(const std::string& content, int columns, int rows) {
  return {"reconstruct", "reconstructions", "", "caption", columns, rows, content, kCurvesPicture};
}

std::string drawn(const std::string& content, int columns = 1, int rows = 1) {
  return render_curve_panels(picture(content, columns, rows), {"words", true, {}});
}

TEST(CurvePanels, DrawEachPanelOnTheRangeOfItsFirstLayer) {
  // The second layer's middle leaves the range and is cut at the panel's edge, 80 below.
  const auto svg = drawn("[[[0,1,0]],[[0,-5,1]]]");
  EXPECT_THAT(svg, HasSubstr("<path d=\"M0.0 76.0L64.0 4.0L128.0 76.0\"/>"));
  EXPECT_THAT(svg, HasSubstr("<path d=\"M0.0 76.0L64.0 80.0L128.0 4.0\"/>"));
}

TEST(CurvePanels, PlacePanelsRowByRow) {
  const auto svg = drawn("[[[0,1],[0,1],[1,0]]]", 2, 2);
  EXPECT_THAT(svg, HasSubstr("<path d=\"M134.0 76.0L262.0 4.0\"/>"));
  EXPECT_THAT(svg, HasSubstr("<path d=\"M0.0 90.0L128.0 162.0\"/>"));
}

TEST(CurvePanels, LeaveOutPointsOnTheLineBetweenOthers) {
  std::string content = "[[[0";
  for (int i = 1; i <= 100; ++i) content += "," + std::to_string(i);
  EXPECT_THAT(drawn(content + "]]]"), HasSubstr("<path d=\"M0.0 76.0L128.0 4.0\"/>"));
}

TEST(CurvePanels, BreakWhereAValueIsNoNumber) {
  const auto curves = parse_curves("[[[0,null,1,2]]]");
  ASSERT_EQ(curves.at(0).at(0).size(), 4U);
  EXPECT_TRUE(std::isnan(curves[0][0][1]));
  EXPECT_THAT(drawn("[[[0,null,1,2]]]"), HasSubstr("M0.0 76.0M85.3 40.0L128.0 4.0"));
}

TEST(CurvePanels, SurviveWhatIsNoPicture) {
  for (const std::string content :
       {"", "null", "{}", "[1]", "[[1]]", "[[[\"<script>\"]]]", "[[[1e999,-1e999]]]", "[[[1e308,-1e308]]]",
        "[[]]", "[[[]]]", "[[[1]],[[1],[2]]]", "\xff"}) {
    const auto svg = drawn(content);
    EXPECT_THAT(svg, StartsWith("<svg")) << content;
    EXPECT_THAT(svg, Not(HasSubstr("script"))) << content;
    EXPECT_THAT(svg, Not(HasSubstr("nan"))) << content;
    EXPECT_THAT(svg, Not(HasSubstr("inf"))) << content;
  }
  EXPECT_TRUE(parse_curves("[[[" + std::string(50'000, '1') + "]]").empty());
  std::string long_row = "[[[1";
  for (int i = 0; i < 20'000; ++i) long_row += ",1";
  EXPECT_TRUE(parse_curves(long_row + "]]]").empty());
  EXPECT_LT(render_curve_panels(picture("[]", 1 << 30, 1 << 30), {"words", true, {}}).size(), 10'000U);
}

}  // namespace
}  // namespace rraebench
