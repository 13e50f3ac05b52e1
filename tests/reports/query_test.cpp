#include "reports/store/query.hpp"

#include "fixture.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/schema.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Query : public testing::Test {
 protected:
  Query() {
    writer_.store(make_full_run("VAE", 0));
    writer_.store(make_full_run("VAE", 1));
  }

  std::string refusal(const std::string& sql) const {
    return complaint_of<QueryError>([&] { run_query(writer_, sql); });
  }

  TemporaryFolder folder_;
  ResultsDatabase writer_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Query, GivesTypedCells) {
  const auto table =
      run_query(writer_, "SELECT 1 AS a, 2.5 AS b, 'x' AS c, NULL AS d, content AS e FROM image LIMIT 1");
  EXPECT_THAT(table.columns, ElementsAre("a", "b", "c", "d", "e"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0][0], Cell(std::int64_t{1}));
  EXPECT_EQ(table.rows[0][1], Cell(2.5));
  EXPECT_EQ(table.rows[0][2], Cell(std::string("x")));
  EXPECT_EQ(table.rows[0][3], Cell(std::monostate{}));
  EXPECT_EQ(table.rows[0][4], Cell("<blob " + std::to_string(tiny_png().size()) + " bytes>"));
}

TEST_F(Query, HasStandardDeviationAndMedian) {
  const auto one = [&](const std::string& sql) { return run_query(writer_, sql).rows.at(0).at(0); };
  const std::string far = "(SELECT column1 AS x FROM (VALUES (1e9 + 1), (1e9 + 2), (1e9 + 4), (NULL)))";
  EXPECT_NEAR(std::get<double>(one("SELECT std(x) FROM " + far)), std::sqrt(7.0 / 3.0), 1e-6)
      << "where the sum of squares has no digits left for it";
  EXPECT_EQ(one("SELECT median(x) FROM " + far), Cell(1e9 + 2));
  EXPECT_EQ(one("SELECT median(column1) FROM (VALUES (8), (1), (2), (4))"), Cell(3.0));
  EXPECT_EQ(one("SELECT median(column1) FROM (VALUES (5))"), Cell(5.0));
  for (const char* nothing :
       {"SELECT std(column1) FROM (VALUES (5))", "SELECT std(NULL)",
        "SELECT median(value) FROM metric WHERE 0", "SELECT std(value) FROM metric WHERE 0"})
    EXPECT_EQ(one(nothing), Cell(std::monostate{})) << nothing;
  EXPECT_EQ(
      one("SELECT count(*) FROM leaderboard JOIN (SELECT comparison, label, protocol, name, variant, split, "
          "extractor, std(value) AS std, median(value) AS median FROM figures GROUP BY 1, 2, 3, 4, 5, 6, 7) "
          "AS ours "
          "USING (comparison, label, protocol, name, variant, split, extractor) WHERE "
          "abs(leaderboard.std - ours.std) > 1e-12 OR abs(leaderboard.median - ours.median) > 1e-12"),
      Cell(std::int64_t{0}));
  EXPECT_EQ(
      run_query(writer_, "SELECT label, median(value) FROM figures GROUP BY label, name LIMIT 1").rows.size(),
      1U)
      << "groups that a query leaves off";
  EXPECT_EQ(refusal("SELECT stdev(value) FROM figures"),
            "no such function: stdev; beside SQLite's own there are std(x) and median(x)");
}

TEST_F(Query, ReadsWithSelectWithValuesExplainAndDescribingPragmas) {
  EXPECT_EQ(
      run_query(writer_, "WITH n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT * FROM n;")
          .rows.size(),
      5U);
  EXPECT_EQ(run_query(writer_, "VALUES (1), (2) -- and a remark").rows.size(), 2U);
  EXPECT_FALSE(run_query(writer_, "EXPLAIN QUERY PLAN SELECT * FROM run").rows.empty());
  EXPECT_FALSE(run_query(writer_, "PRAGMA table_info(run)").rows.empty());
  EXPECT_FALSE(run_query(writer_, "SELECT name FROM pragma_table_info('run')").rows.empty());
  EXPECT_EQ(run_query(writer_, "PRAGMA user_version").rows.size(), 1U);
}

TEST_F(Query, TakesValuesByName) {
  const auto ask = [&](const std::string& sql, const QueryParameters& parameters) {
    std::ostringstream out;
    TableWriter writer(out, TableFormat::kCsv);
    stream_query(writer_, sql, writer, {}, parameters);
    writer.finish();
    return out.str();
  };
  EXPECT_EQ(ask("SELECT :a AS a, typeof(:b) AS b, typeof(:c) AS c",
                {{"a", "it's; -- \""}, {"b", "3"}, {"c", "0.5"}}),
            "a,b,c\r\n\"it's; -- \"\"\",integer,real\r\n");
  EXPECT_EQ(ask("SELECT typeof(:a) AS a, typeof(:b) AS b, :a = 'nan' AS c", {{"a", "nan"}, {"b", "inf"}}),
            "a,b,c\r\ntext,text,1\r\n");
  EXPECT_EQ(
      ask("SELECT typeof(:a) AS a, :b AS b, typeof(:c) AS c", {{"a", "007"}, {"b", "0.10"}, {"c", "1e3"}}),
      "a,b,c\r\ntext,0.10,text\r\n")
      << "labels may look like numbers";
  EXPECT_THROW(ask("SELECT :a", {}), QueryError);
  EXPECT_THROW(ask("SELECT 1", {{"a", "1"}}), QueryError);
  EXPECT_THROW(ask("SELECT ?", {}), QueryError);
}

TEST_F(Query, EveryViewSaysWhatItHolds) {
  const auto views = describe_views(writer_, Described::kViewsAndTables);
  EXPECT_EQ(views.rows.size(), list_views_and_tables(writer_).size());
  for (const auto& row : views.rows)
    EXPECT_GT(std::get<std::string>(row.at(1)).size(), 10U) << std::get<std::string>(row.at(0));
}

TEST_F(Query, RefusesAllThatIsNotReading) {
  const auto other = (folder_ / "other.db").string();
  for (const std::string& sql : {std::string("DELETE FROM run"),
                                 std::string("INSERT INTO published VALUES ('','','','','','',1,1,'')"),
                                 std::string("UPDATE run SET seed = 7"),
                                 std::string("DROP TABLE metric"),
                                 std::string("DROP VIEW runs"),
                                 std::string("CREATE TABLE t (x)"),
                                 std::string("CREATE TEMP TABLE t (x)"),
                                 std::string("VACUUM"),
                                 "VACUUM INTO '" + other + "'",
                                 "ATTACH '" + other + "' AS other",
                                 std::string("DETACH main"),
                                 std::string("PRAGMA user_version = 9"),
                                 std::string("PRAGMA journal_mode = DELETE"),
                                 std::string("PRAGMA query_only = OFF"),
                                 std::string("PRAGMA writable_schema = ON"),
                                 std::string("BEGIN"),
                                 std::string("REINDEX"),
                                 std::string("ANALYZE"),
                                 std::string("SELECT load_extension('x')"),
                                 std::string("WITH gone AS (SELECT 1) DELETE FROM run"),
                                 std::string("SAVEPOINT s")}) {
    EXPECT_THAT(refusal(sql), HasSubstr("may only read")) << sql;
  }
  EXPECT_NE(refusal("UPDATE sqlite_master SET sql = ''"), kNoComplaint);
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_EQ(run_query(writer_, "SELECT * FROM run WHERE seed < 7").rows.size(), 2U);
  EXPECT_EQ(run_query(writer_, "PRAGMA user_version").rows.at(0).at(0), Cell(std::int64_t{schema_version()}));
}

TEST_F(Query, ADatabaseOpenForWritingStillWritesAfterAQuery) {
  run_query(writer_, "SELECT 1");
  EXPECT_NE(refusal("DELETE FROM run"), kNoComplaint);
  EXPECT_NO_THROW(writer_.store(make_run("AE", 0)));
}

TEST_F(Query, TakesOneStatement) {
  EXPECT_THAT(refusal("SELECT 1; SELECT 2"), HasSubstr("one statement"));
  EXPECT_THAT(refusal("SELECT 1; DELETE FROM run"), HasSubstr("may only read"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal(" ; -- nothing"), HasSubstr("empty"));
  EXPECT_THAT(refusal(std::string("SELECT 1\0; SELECT 2", 19)), HasSubstr("NUL"));
  EXPECT_NO_THROW(run_query(writer_, "SELECT 1; ; /* no more */ "));
}

class FirstRows : public RowReceiver {
 public:
  void take_columns(std::vector<std::string> names) override { EXPECT_THAT(names, ElementsAre("x")); }
  void take_row(std::vector<Cell> row) override {
    EXPECT_EQ(row.front(), Cell(++rows));
    if (rows == 3) throw std::runtime_error("enough");
  }
  std::int64_t rows = 0;
};

constexpr const char* kEndless =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";

TEST_F(Query, HandsRowsOnAsTheyAreFound) {
  FirstRows receiver;
  EXPECT_THROW(stream_query(writer_, kEndless, receiver), std::runtime_error);
  EXPECT_EQ(receiver.rows, 3);
  EXPECT_EQ(run_query(writer_, "SELECT 1").rows.size(), 1U);  // The connection is as before.
}

TEST_F(Query, IsStoppedOnRequestAlsoBeforeItsFirstRow) {
  FirstRows receiver;
  int questions = 0;
  const auto sql = std::string("SELECT count(*) AS x FROM (") + kEndless + ")";
  EXPECT_THROW(stream_query(writer_, sql, receiver, [&] { return ++questions == 3; }), QueryError);
  EXPECT_EQ(receiver.rows, 0);
}

TEST_F(Query, RefusesValuesThatWouldTakeTheMemory) {
  EXPECT_THAT(refusal("SELECT hex(zeroblob(900000000))"), HasSubstr("too big"));
}

TEST_F(Query, ErrorsPointToWhatThereIs) {
  EXPECT_THAT(refusal("SELECT * FROM leaderbord"), HasSubstr("did you mean 'leaderboard'?"));
  EXPECT_THAT(refusal("SELECT * FROM weather"), HasSubstr("paper_gap"));
  EXPECT_THAT(refusal("SELECT nonsense FROM run"), HasSubstr("no such column: nonsense"));
  EXPECT_THAT(refusal("SELEC 1"), HasSubstr("syntax error"));
}

TEST_F(Query, ViewsAndTablesByName) {
  EXPECT_THAT(list_views_and_tables(writer_),
              ElementsAre("environments", "failures", "figures", "leaderboard", "notes", "options",
                          "paper_gap", "runs", "artefact", "asked", "claim", "curve", "environment", "image",
                          "metric", "note", "plugin", "published", "run", "spectrum", "standing"));
  for (const auto& name : list_views_and_tables(writer_))
    EXPECT_FALSE(run_view(writer_, name).columns.empty()) << name;
  EXPECT_EQ(run_view(writer_, "runs").rows.size(), 2U);
  EXPECT_THAT(complaint_of<QueryError>([&] { run_view(writer_, "failure"); }), HasSubstr("'failures'"));
  EXPECT_THROW(run_view(writer_, "runs\"; DROP TABLE run; --"), QueryError);
}

}  // namespace
}  // namespace rraebench
