#include "program.hpp"
#include "program_paths.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

class MergeCommand : public testing::Test {
 protected:
  std::string path(const std::string& name) { return (folder_ / name).string(); }

  void SetUp() override {
    ASSERT_EQ(
        call({"run", suite_, "--threads", "1", "--db", path("a.db"), "--cache-dir", path("cache")}).exit_code,
        0);
    ASSERT_EQ(
        call({"run", suite_, "--threads", "1", "--db", path("b.db"), "--cache-dir", path("cache")}).exit_code,
        0);
  }

  void spoil(const std::string& name) {
    SQLite::Database database(path(name), SQLite::OPEN_READWRITE);
    database.exec("UPDATE metric SET value = value * 1.5 WHERE name = 'relative_error' AND split = 'test'");
    database.exec("UPDATE run SET started_at = '2999-01-01T00:00:00Z', finished_at = '2999-01-01T00:00:01Z'");
  }

  ProgramResult merge(const std::string& target, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"merge", path("a.db"), path("b.db"), "--db", path(target)});
    return call(more);
  }

  std::string counting_error(const std::string& name) {
    return call({"query",
                 "select round(value, 4) from metric join runs on runs.id = run_id where current and name = "
                 "'relative_error' and protocol = 'reconstruct' and split = 'test'",
                 "--db", path(name), "--format", "csv"})
        .output;
  }

  TemporaryFolder folder_;
  std::string suite_ = folder_.write("tiny.toml", tiny_suite(model_table("ae")));
};

TEST_F(MergeCommand, TakesEqualFiguresOfBoth) {
  EXPECT_EQ(merge("all.db").exit_code, 0);
}

TEST_F(MergeCommand, SaysWhatContradictsAndTakesNeither) {
  spoil("b.db");
  const auto result = merge("all.db");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("tiny · tiny · ae · seed 0"));
  EXPECT_THAT(result.errors, HasSubstr("relative_error"));  // Of two protocols, by equal shares.
  EXPECT_THAT(result.errors, HasSubstr("0.33 relative"));
  EXPECT_EQ(line_count(counting_error("all.db")), 1);  // The head alone.
}

TEST_F(MergeCommand, TakesTheOneThatIsPreferred) {
  spoil("b.db");
  ASSERT_EQ(merge("first.db", {"--prefer", "first"}).exit_code, 0);
  EXPECT_EQ(counting_error("first.db"), counting_error("a.db"));
  ASSERT_EQ(merge("newest.db", {"--prefer", "newest"}).exit_code, 0);
  EXPECT_EQ(counting_error("newest.db"), counting_error("b.db"));
  EXPECT_EQ(merge("x.db", {"--prefer", "best"}).exit_code, 2);
}

TEST_F(MergeCommand, WithoutPicturesAFileIsSmallAndSaysTheSame) {
  ASSERT_EQ(merge("whole.db").exit_code, 0);
  ASSERT_EQ(merge("small.db", {"--without", "pictures,curves,spectra"}).exit_code, 0);
  EXPECT_EQ(counting_error("small.db"), counting_error("whole.db"));
  EXPECT_LT(std::filesystem::file_size(path("small.db")), std::filesystem::file_size(path("whole.db")));
  EXPECT_EQ(call({"report", "--db", path("small.db"), "--output", path("small.html")}).exit_code, 0);
  const auto unknown = merge("x.db", {"--without", "metrics"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("no part 'metrics'; there are: curves, pictures, spectra, folders"));
}

TEST_F(MergeCommand, WithoutFoldersNothingTellsOfTheMachine) {
  const auto other = folder_.write("my suites/other.toml", tiny_suite(model_table("ae")));
  ASSERT_EQ(
      call({"run", other, "--threads", "1", "--db", path("a.db"), "--cache-dir", path("cache")}).exit_code,
      0);
  ASSERT_EQ(merge("published.db", {"--without", "folders"}).exit_code, 0);
  const auto said =
      call({"query", "select distinct folder, command, suite_file from run join asked using (suite)", "--db",
            path("published.db"), "--format", "json"})
          .output;
  EXPECT_THAT(said, HasSubstr("run tiny.toml --threads 1 --db a.db --cache-dir cache"));
  EXPECT_THAT(said, HasSubstr("run 'other.toml' --threads 1"));
  EXPECT_THAT(said, HasSubstr("\"other.toml\""));
  EXPECT_THAT(said, Not(HasSubstr("my suites")));
  EXPECT_THAT(said, Not(HasSubstr(folder_.path().string())));
  EXPECT_THAT(call({"show", "1", "--db", path("published.db")}).output,
              HasSubstr("was part of     rraebench run tiny.toml"));
}

}  // namespace
}  // namespace rraebench
