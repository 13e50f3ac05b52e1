// Reports as a browser shows them: Chromium without a window, and a script beside the page's own that looks
// around and writes down what it finds.
#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/html.hpp"
#include "reports/store/database.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace rraebench {
namespace {

using nlohmann::json;

constexpr const char* kProbe = R"js(<script>
window.faults = [];
addEventListener("error", (event) => faults.push("error: " + event.message));
addEventListener("securitypolicyviolation", (event) => faults.push("policy: " + event.blockedURI));
</script>)js";

constexpr const char* kLookAround = R"js(<script>
addEventListener("load", () => setTimeout(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (element) => (element.getAttribute("aria-label") || element.getAttribute("alt") ||
    element.getAttribute("aria-labelledby") || (element.labels && [...element.labels].map((l) => l.textContent).join("")) ||
    element.textContent || "").trim();
  const channel = (value) => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
  const light = (colour) => { const [r, g, b] = colour.match(/[\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const contrast = () => { const body = getComputedStyle(document.body);
    const [a, b] = [light(body.color), light(body.backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
  const found = { width: innerWidth, page_width: root.scrollWidth };
  found.requests = performance.getEntriesByType("resource").map((e) => e.name).filter((n) => !n.startsWith("data:"));
  found.unnamed = all("button, input, a[href], img, svg[role=img], [role=region]").filter((e) => !name(e)).map((e) => e.outerHTML.slice(0, 200));
  found.charts = all("svg.plot").length;
  found.empty_charts = all("svg.plot").filter((svg) => !svg.querySelector("path, rect, circle")).length;
  found.wider_than_window = all("main *").filter((e) => !e.closest(".scroll, pre") && !e.closest("svg") && !e.closest("details:not([open])") &&
    e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "absolute").map((e) => e.outerHTML.slice(0, 120)).slice(0, 5);
  found.out_of_reach = all("button, input, a[href], summary, .scroll").filter((e) => e.tabIndex < 0).length;
  found.unread_scrolling = all(".scroll").filter((e) => e.scrollWidth > e.clientWidth + 1 && e.tabIndex !== 0).length;
  root.dataset.theme = "light"; found.contrast_light = contrast();
  root.dataset.theme = "dark"; found.contrast_dark = contrast();
  const table = all("table.sortable").find((t) => t.tBodies[0].rows.length > 1);
  if (table) {
    const values = () => [...table.tBodies[0].rows].map((row) => Number(row.cells[1].dataset.sort ?? NaN)).filter((v) => !Number.isNaN(v));
    const button = table.querySelector("button.sort");
    button.focus(); found.focused = document.activeElement === button;
    button.click(); found.ascending = values();
    button.click(); found.descending = values();
  }
  found.heads_without_name = all("button.sort").filter((b) => b.textContent === "sort").length;
  const filter = document.getElementById("filter");
  const models = all("[data-model]");
  if (models.length) {
    filter.value = models[0].dataset.model.toUpperCase();
    filter.dispatchEvent(new Event("input"));
    found.filtered = models.filter((e) => !e.hidden).every((e) => e.dataset.model.toLowerCase().includes(filter.value.toLowerCase()));
  }
  found.faults = faults;
  parent.postMessage("FOUND" + btoa(unescape(encodeURIComponent(JSON.stringify(found)))) + "END", "*");
}, 50));
</script></body>)js";

std::string decode_base64(const std::string& text) {
  static const std::string kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6) | static_cast<unsigned>(kDigits.find(c));
    count += 6;
    if (count >= 8) {
      count -= 8;
      decoded += static_cast<char>((bits >> count) & 0xFF);
    }
  }
  return decoded;
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("chromium --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no chromium here";
  }

  std::string html() const {
    ReportOptions options;
    options.definitions["relative_error"] = {"100 ||X - Y|| / ||X||", "a paper"};
    return render_html(build_report(read_report_rows(database_), options));
  }

  void call(const std::string& arguments) {
    const auto command = fmt::format(
        "timeout 60 chromium --headless=new --no-sandbox --disable-gpu --user-data-dir='{}' "
        "--virtual-time-budget=5000 {} > '{}' 2> '{}'",
        (folder_ / "profile").string(), arguments, (folder_ / "out").string(), (folder_ / "errors").string());
    ASSERT_EQ(std::system(command.c_str()), 0) << read_file(folder_ / "errors");
  }

  json look(int width) {
    auto page = html();
    page.insert(page.find("<head>") + 6, kProbe);
    page.replace(page.rfind("</body>"), 7, kLookAround);
    folder_.write("page.html", page);
    // In a frame: the browser's own window cannot be as narrow as a telephone's.
    folder_.write(
        "frame.html",
        fmt::format(
            "<!doctype html><script>addEventListener('message', (e) => {{ document.body.textContent = "
            "e.data; }});</script><body><iframe src=\"page.html\" style=\"width: {}px; height: "
            "900px; border: 0\"></iframe></body>",
            width));
    call(fmt::format("--window-size=2700,1000 --dump-dom 'file://{}'", (folder_ / "frame.html").string()));
    const auto dom = read_file(folder_ / "out");
    const auto begin = dom.rfind("FOUND");
    if (begin == std::string::npos) {
      ADD_FAILURE() << "the page's scripts did not run: " << read_file(folder_ / "errors");
      return {};
    }
    return json::parse(decode_base64(dom.substr(begin + 5, dom.find("END", begin) - begin - 5)));
  }

  /// Holds for every page, whatever it shows.
  void expect_sound(const json& found) {
    EXPECT_EQ(found.at("faults"), json::array());
    EXPECT_EQ(found.at("requests"), json::array());
    EXPECT_EQ(found.at("unnamed"), json::array());
    EXPECT_EQ(found.at("empty_charts"), 0);
    EXPECT_EQ(found.at("heads_without_name"), 0);
    EXPECT_EQ(found.at("out_of_reach"), 0);
    EXPECT_EQ(found.at("unread_scrolling"), 0);
    EXPECT_LE(found.at("page_width"), found.at("width")) << found.at("wider_than_window").dump(1);
    EXPECT_GE(found.at("contrast_light"), 4.5);
    EXPECT_GE(found.at("contrast_dark"), 4.5);
  }

  void look_at_all_widths(std::size_t fewest_charts) {
    for (const int width : {360, 1366, 2560}) {
      SCOPED_TRACE(width);
      const auto found = look(width);
      if (found.empty()) return;
      EXPECT_EQ(found.at("width"), width);
      expect_sound(found);
      EXPECT_GE(found.at("charts"), fewest_charts);
    }
  }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Browser, ShowsTwelveModelsAndSortsThemByAClick) {
  for (int model = 0; model < 12; ++model)
    for (int seed = 0; seed < 3; ++seed) {
      auto run = make_full_run(fmt::format("model {} of a rather long name", model), seed);
      for (auto& metric : run.metrics) metric.value *= 1.0 + 0.37 * ((7 * model) % 12) + 0.01 * seed;
      for (const char* name : {"precision", "recall", "density", "coverage", "fid_infinity", "kid"})
        run.metrics.push_back(make_metric("generate", name, 0.1 * model + 0.01 * seed, "higher"));
      database_.store(run);
    }
  const auto found = look(1366);
  ASSERT_FALSE(found.empty());
  auto ascending = found.at("ascending").get<std::vector<double>>();
  ASSERT_EQ(ascending.size(), 12U);
  EXPECT_TRUE(std::is_sorted(ascending.begin(), ascending.end()));
  std::reverse(ascending.begin(), ascending.end());
  EXPECT_EQ(found.at("descending").get<std::vector<double>>(), ascending);
  EXPECT_EQ(found.at("focused"), true);
  EXPECT_EQ(found.at("filtered"), true);
  look_at_all_widths(2);
}

TEST_F(Browser, ShowsASweep) {
  for (const char* plugin : {"vae", "vrrae"})
    for (const double beta : {0.001, 0.01, 0.1}) {
      auto run = make_full_run(fmt::format("{} beta={}", plugin, beta), 0);
      run.model = plugin;
      run.spec_json =
          fmt::format(R"({{"plugin": "{}", "options": {{"beta": "{}", "latent": "2"}}}})", plugin, beta);
      database_.store(run);
    }
  look_at_all_widths(2);
}

TEST_F(Browser, ShowsNothingButFailures) {
  for (int seed = 0; seed < 5; ++seed) {
    auto run = make_run(std::string(200, 'x') + "<script>alert(1)</script>", seed);
    run.status = RunStatus::kCrash;
    run.message = std::string(300, 'm') + "<img src=x onerror=alert(1)>";
    run.stderr_tail = std::string(500, 's');
    database_.store(run);
  }
  look_at_all_widths(0);
}

TEST_F(Browser, ShowsAnEmptyDatabase) {
  look_at_all_widths(0);
}

TEST_F(Browser, PrintsWhatItShows) {
  if (std::system("pdftotext -v > /dev/null 2>&1") != 0) GTEST_SKIP() << "no pdftotext here";
  auto run = make_full_run("VAE", 0);
  for (const char* name : {"precision", "recall", "density", "coverage", "fid_infinity", "kid", "entropy",
                           "inception_score", "path_length", "path_detour"})
    run.metrics.push_back(make_metric("generate", name, 12345.678, "higher"));
  database_.store(run);
  folder_.write("page.html", html());
  call(fmt::format("--no-pdf-header-footer --print-to-pdf='{}' 'file://{}'", (folder_ / "page.pdf").string(),
                   (folder_ / "page.html").string()));
  ASSERT_EQ(std::system(fmt::format("pdftotext -bbox '{}' '{}'", (folder_ / "page.pdf").string(),
                                    (folder_ / "words.html").string())
                            .c_str()),
            0);
  const auto words = read_file(folder_ / "words.html");
  double page_width = 0.0;
  for (auto at = words.find("<page width=\""); at != std::string::npos;
       at = words.find("<page width=\"", at + 1))
    page_width = std::stod(words.substr(at + 13));
  ASSERT_GT(page_width, 0.0);
  int last_columns = 0;
  for (auto at = words.find("xMax=\""); at != std::string::npos; at = words.find("xMax=\"", at + 1)) {
    EXPECT_LE(std::stod(words.substr(at + 6)), page_width) << words.substr(at, 80);
    if (words.compare(words.find('>', at) + 1, 6, "detour") == 0) ++last_columns;
  }
  EXPECT_GE(last_columns, 1) << "the last column is cut off";
}

}  // namespace
}  // namespace rraebench
