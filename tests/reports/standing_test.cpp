#include "reports/store/standing.hpp"

#include "fixture.hpp"
#include "reports/store/database.hpp"
#include "reports/store/query.hpp"
#include "reports/store/schema.hpp"
#include "tests/support/temporary_folder.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rraebench {
namespace {

// What the leaderboard says, computed from the metrics of the runs that count.
constexpr const char* kAnew =
    "SELECT suite, comparison, dataset, label, protocol, name, AVG(value) AS mean, COUNT(value) AS n, "
    "MIN(value), "
    "MAX(value) FROM figures GROUP BY suite, comparison, dataset, label, protocol, name ORDER BY suite, "
    "comparison, "
    "dataset, label, protocol, name";
constexpr const char* kKept =
    "SELECT suite, comparison, dataset, label, protocol, name, mean, n, minimum, maximum FROM leaderboard "
    "ORDER BY "
    "suite, comparison, dataset, label, protocol, name";

class Standing : public testing::Test {
 protected:
  void expect_same() const {
    const auto anew = run_query(database_, kAnew).rows;
    const auto kept = run_query(database_, kKept).rows;
    ASSERT_EQ(anew.size(), kept.size());
    for (std::size_t i = 0; i < anew.size(); ++i)
      for (std::size_t column = 0; column < anew[i].size(); ++column) {
        if (column == 6 && std::holds_alternative<double>(anew[i][column]))
          EXPECT_DOUBLE_EQ(std::get<double>(anew[i][column]), std::get<double>(kept[i][column]));
        else
          EXPECT_EQ(anew[i][column], kept[i][column]) << i << " " << column;
      }
  }

  TemporaryFolder folder_;
  ResultsDatabase database_ = ResultsDatabase::open_or_create(folder_ / "results.db");
};

TEST_F(Standing, FollowsAttemptsSettingsAndWhatIsAskedFor) {
  std::mt19937 random(5);
  const auto one_of = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
  for (int step = 0; step < 200; ++step) {
    const std::string label = one_of(2) == 0 ? "VAE" : "AE";
    const int settings = one_of(3);
    auto run = make_run(label, one_of(4), one_of(9) == 0 ? std::nan("") : 0.5 * one_of(50));
    run.identity += "-" + std::to_string(settings);
    run.spec_json = "{\"beta\":" + std::to_string(settings) + ",\"seed\":" + std::to_string(run.seed) + "}";
    if (one_of(4) == 0) run.status = RunStatus::kCrash;
    database_.store_next_attempt(run);
    if (one_of(10) == 0)
      database_.ask("quick", "", "2025-01-02T00:00:00Z", {{{"shift", "shift", label}, run.spec_json}},
                    {{"shift", "shift", "VAE"}, {"shift", "shift", "AE"}});
    if (step % 20 == 0) expect_same();
  }
  expect_same();
}

TEST_F(Standing, FollowsWhatIsMerged) {
  for (int seed = 0; seed < 3; ++seed) database_.store(make_run("VAE", seed, 1.0 + seed));
  {
    auto other = ResultsDatabase::open_or_create(folder_ / "other.db");
    for (int seed = 2; seed < 6; ++seed) {
      auto run = make_run("VAE", seed, 1.0 + seed);
      run.started_at = "2025-01-03T00:00:00Z";
      other.store(run);
    }
    other.store(make_run("AE", 0, 9.0));
    database_.take_over(other);
  }
  expect_same();
  EXPECT_EQ(run_query(database_, kKept).rows.size(), 2U);
}

TEST(StandingMigration, FillsTheTableOfAnOlderFileAndKeepsItsOrder) {
  const TemporaryFolder folder;
  const auto path = folder / "old.db";
  {
    SQLite::Database old(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    const auto& all = schema_migrations();
    apply_migrations(old, {all.begin(), all.begin() + 3});
    old.exec(
        "INSERT INTO environment VALUES (1,'','','','','','',1,1,'cpu',1);"
        "INSERT INTO run (id, identity, attempt, suite, comparison, model, label, dataset, seed, status, "
        "message, "
        "stderr_tail, started_at, finished_at, train_steps, parameter_count, peak_memory_bytes, "
        "plugin_version, "
        "plugin_sha256, dataset_fingerprint, spec_json, environment_id, settings) SELECT value, 'r' || "
        "value, 1, "
        "'s', 'c', 'm', CASE value % 2 WHEN 0 THEN 'even' ELSE 'odd' END, 'd', value, 'ok', '', '', '', '', "
        "1, 1, 1, "
        "'', '', '', '{}', 1, '{}' FROM json_each('[1,2,3,4,5,6]');"
        "INSERT INTO asked SELECT DISTINCT suite, comparison, dataset, label, settings, '', '' FROM run;"
        "INSERT INTO metric (run_id, protocol, name, variant, split, value, unit, better, extractor, "
        "extractor_sha256, reference_count, sample_count) SELECT id, 'p', 'fid', '', '', id, '', 'higher', "
        "'', '', 0, "
        "0 FROM run");
  }
  const auto read_only = ResultsDatabase::open_read_only(path);
  const auto rows = run_query(read_only, "SELECT label, mean, std, n, median FROM leaderboard").rows;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], (std::vector<Cell>{std::string("even"), 4.0, 2.0, std::int64_t{3}, 4.0}));
  EXPECT_EQ(rows[1], (std::vector<Cell>{std::string("odd"), 3.0, 2.0, std::int64_t{3}, 3.0}));
}

}  // namespace
}  // namespace rraebench
