#include "program.hpp"
#include "program_paths.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The runs are made once; each test has copies of their databases.
class MergeCommand : public testing::Test {
 protected:
  static constexpr const char* kDatabases[] = {"a.db", "b.db"};

  static void SetUpTestSuite() {
    trained_ = std::make_unique<TemporaryFolder>();
    const auto suite = trained_->write("tiny.toml", tiny_suite(model_table("ae")));
    for (const char* name : kDatabases) {
      const auto ran =
          call({"run", suite, "--threads", "1", "--db", (*trained_ / name).string(), "--cache-dir", cache()});
      ASSERT_EQ(ran.exit_code, 0) << ran.errors;
    }
  }
  static void TearDownTestSuite() { trained_.reset(); }
  void SetUp() override {
    for (const char* name : kDatabases) std::filesystem::copy_file(*trained_ / name, path(name));
  }

  static std::string cache() { return (*trained_ / "cache").string(); }
  std::string path(const std::string& name) { return (folder_ / name).string(); }

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
    return query_csv(
        path(name),
        "select round(value, 4) from metric join runs on runs.id = run_id where current and name = "
        "'relative_error' and protocol = 'reconstruct' and split = 'test'");
  }

  static inline std::unique_ptr<TemporaryFolder> trained_;
  TemporaryFolder folder_;
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
  ASSERT_EQ(call({"run", other, "--threads", "1", "--db", path("a.db"), "--cache-dir", cache()}).exit_code,
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
  for (const auto* folder : {&folder_, trained_.get()})
    EXPECT_THAT(said, Not(HasSubstr(folder->path().string())));
  EXPECT_THAT(call({"show", "1", "--db", path("published.db")}).output,
              HasSubstr("Was part of     rraebench run tiny.toml"));
}

}  // namespace
}  // namespace rraebench
