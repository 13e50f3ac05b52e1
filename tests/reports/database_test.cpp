#include "reports/store/database.hpp"

#include "fixture.hpp"
#include "reports/store/query.hpp"
#include "reports/store/run_parts.hpp"
#include "reports/store/schema.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DatabaseFile : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "results.db"; }
  void write(std::string_view bytes) const { folder_.write("results.db", bytes); }

  // Makes the file with plain SQLite.
  void make(const std::function<void(SQLite::Database&)>& fill) const {
    SQLite::Database other(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    fill(other);
  }

  // Both ways of opening refuse the file with one line that names it, and leave its bytes alone.
  void expect_refused(const std::string& reason) const {
    const auto before = read_file(path());
    for (const bool writing : {true, false}) {
      EXPECT_THAT(complaint_of<DatabaseError>([&] {
                    writing ? ResultsDatabase::open_or_create(path())
                            : ResultsDatabase::open_read_only(path());
                  }),
                  AllOf(HasSubstr(path().string()), HasSubstr(reason), Not(HasSubstr("\n"))));
      EXPECT_TRUE(read_file(path()) == before);
    }
  }

  static std::int64_t count(const ResultsDatabase& database, const std::string& table) {
    return std::get<std::int64_t>(run_query(database, "SELECT COUNT(*) FROM " + table).rows.at(0).at(0));
  }

  TemporaryFolder folder_;
};

TEST_F(DatabaseFile, IsCreatedWithIdAndVersion) {
  { auto database = ResultsDatabase::open_or_create(path()); }
  SQLite::Database plain(path().string());
  EXPECT_EQ(plain.execAndGet("PRAGMA application_id").getInt(), kApplicationId);
  EXPECT_EQ(plain.execAndGet("PRAGMA user_version").getInt(), schema_version());
}

TEST_F(DatabaseFile, IsASingleFileAtRestWithALogWhileWriting) {
  {
    auto database = ResultsDatabase::open_or_create(path());
    database.store(make_run("VAE", 0));
    EXPECT_TRUE(std::filesystem::exists(path().string() + "-wal"));
  }
  EXPECT_FALSE(std::filesystem::exists(path().string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path().string() + "-shm"));
  const auto before = read_file(path());
  EXPECT_EQ(count(ResultsDatabase::open_read_only(path()), "run"), 1);
  EXPECT_TRUE(read_file(path()) == before);
  EXPECT_FALSE(std::filesystem::exists(path().string() + "-wal"));
}

TEST_F(DatabaseFile, EmptyFileCountsAsNew) {
  write("");
  EXPECT_THROW(ResultsDatabase::open_read_only(path()), DatabaseError);
  EXPECT_EQ(read_file(path()), "");
  auto database = ResultsDatabase::open_or_create(path());
  EXPECT_EQ(count(database, "run"), 0);
}

TEST_F(DatabaseFile, SqliteFileWithoutTablesCountsAsNew) {
  make([](SQLite::Database& plain) { plain.exec("CREATE TABLE t (x); DROP TABLE t"); });
  auto database = ResultsDatabase::open_or_create(path());
  EXPECT_EQ(count(database, "run"), 0);
}

TEST_F(DatabaseFile, KeepsRunsWhenOpenedAgain) {
  { ResultsDatabase::open_or_create(path()).store(make_run("VAE", 0)); }
  auto database = ResultsDatabase::open_or_create(path());
  database.store(make_run("VAE", 1));
  EXPECT_EQ(count(database, "run"), 2);
}

TEST_F(DatabaseFile, NameMayHoldCharactersOfUris) {
  const auto odd = folder_ / "a b?c#d%41.db";
  { ResultsDatabase::open_or_create(odd).store(make_run("VAE", 0)); }
  EXPECT_EQ(count(ResultsDatabase::open_read_only(odd), "run"), 1);
}

TEST_F(DatabaseFile, RefusesTextAndShortAndRandomFiles) {
  write("protocol,name,value\n");
  expect_refused("not a results database");
  write("x");
  expect_refused("not a results database");
  write(std::string(10000, '\x7f'));
  expect_refused("not a results database");
}

TEST_F(DatabaseFile, RefusesDatabasesOfOthers) {
  make([](SQLite::Database& plain) { plain.exec("CREATE TABLE t (x)"); });
  expect_refused("another program");
  std::filesystem::remove(path());
  make([](SQLite::Database& plain) { plain.exec("PRAGMA application_id = 7; CREATE TABLE t (x)"); });
  expect_refused("another program");
}

TEST_F(DatabaseFile, RefusesADatabaseOfANewerProgram) {
  { auto database = ResultsDatabase::open_or_create(path()); }
  make([](SQLite::Database& plain) { plain.exec("PRAGMA user_version = 99"); });
  expect_refused("update rraebench");
}

TEST_F(DatabaseFile, RefusesATruncatedDatabase) {
  { ResultsDatabase::open_or_create(path()).store(make_full_run("VAE", 0)); }
  const auto whole = read_file(path());
  for (const std::size_t size : {std::size_t{50}, std::size_t{100}, std::size_t{5000}, whole.size() / 2}) {
    write(whole.substr(0, size));
    expect_refused(path().string());
  }
}

TEST_F(DatabaseFile, TellsOfDamageThatShowsLater) {
  { ResultsDatabase::open_or_create(path()).store(make_full_run("VAE", 0)); }
  auto bytes = read_file(path());
  const auto first = bytes.find("CREATE TABLE environment");
  ASSERT_NE(first, std::string::npos);
  for (std::size_t page = 4096; page + 4096 <= bytes.size(); page += 4096)
    if (bytes.compare(page, 4096, bytes, first / 4096 * 4096, 4096) != 0 &&
        bytes.substr(page, 4096).find("CREATE ") == std::string::npos)
      bytes.replace(page, 8, "\xff\xff\xff\xff\xff\xff\xff\xff");
  write(bytes);
  const auto database = ResultsDatabase::open_read_only(path());
  EXPECT_THAT(complaint_of<DatabaseError>([&] { run_view(database, "run"); }),
              AllOf(HasSubstr(path().string()), HasSubstr(".recover")));
  EXPECT_THROW(database.find_run("VAE-0"), DatabaseError);
}

TEST_F(DatabaseFile, RefusesFoldersAndMissingFoldersAndSpecialFiles) {
  std::filesystem::create_directory(path());
  EXPECT_THROW(ResultsDatabase::open_or_create(path()), DatabaseError);
  EXPECT_THROW(ResultsDatabase::open_read_only(path()), DatabaseError);
  EXPECT_TRUE(std::filesystem::is_empty(path()));
  const auto nowhere = folder_ / "missing/results.db";
  EXPECT_THROW(ResultsDatabase::open_or_create(nowhere), DatabaseError);
  EXPECT_FALSE(std::filesystem::exists(nowhere.parent_path()));
  const auto pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THROW(ResultsDatabase::open_or_create(pipe), DatabaseError);
}

TEST_F(DatabaseFile, ReadingAMissingFileDoesNotCreateIt) {
  EXPECT_THROW(ResultsDatabase::open_read_only(path()), DatabaseError);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(DatabaseFile, RefusesPlacesThatCannotBeWritten) {
  // No program can create a file there, whoever runs it.
  EXPECT_THROW(ResultsDatabase::open_or_create("/proc/results.db"), DatabaseError);
  if (geteuid() == 0) GTEST_SKIP() << "permissions do not bind root";
  { ResultsDatabase::open_or_create(path()).store(make_run("VAE", 0)); }
  const auto before = read_file(path());
  std::filesystem::permissions(path(), std::filesystem::perms::owner_read);
  EXPECT_THROW(ResultsDatabase::open_or_create(path()), DatabaseError);
  EXPECT_TRUE(read_file(path()) == before);
  EXPECT_EQ(count(ResultsDatabase::open_read_only(path()), "run"), 1);
}

TEST_F(DatabaseFile, AWriteAheadLogInAReadOnlyFolderIsNoObstacle) {
  if (geteuid() == 0) GTEST_SKIP() << "permissions do not bind root";
  { ResultsDatabase::open_or_create(path()).store(make_run("VAE", 0)); }
  make([](SQLite::Database& plain) { plain.exec("PRAGMA journal_mode = WAL"); });
  std::filesystem::permissions(path().parent_path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(count(ResultsDatabase::open_read_only(path()), "run"), 1);
  std::filesystem::permissions(path().parent_path(), std::filesystem::perms::owner_all);
}

TEST_F(DatabaseFile, StoresAllOfARun) {
  auto run = make_full_run("VAE", 3);
  run.metrics.push_back(make_metric("rank", "stable_rank", std::nan(""), ""));
  run.metrics.push_back(make_metric("rank", "odd", std::numeric_limits<double>::infinity(), ""));
  run.signal = 11;
  run.exit_code.reset();
  auto database = ResultsDatabase::open_or_create(path());
  database.store(run);
  EXPECT_EQ(count(database, "metric"), 4);
  EXPECT_EQ(count(database, "metric WHERE value IS NULL"), 1);
  EXPECT_EQ(count(database, "metric WHERE value > 1e300"), 1);
  EXPECT_EQ(count(database, "curve"), 51);
  EXPECT_EQ(count(database, "spectrum"), 5);
  EXPECT_EQ(count(database, "spectrum WHERE name = 'singular_values' AND position = 3 AND value = 0.1"), 1);
  EXPECT_EQ(count(database, "image WHERE LENGTH(content) = " + std::to_string(tiny_png().size())), 1);
  EXPECT_EQ(count(database, "run WHERE signal = 11 AND exit_code IS NULL AND seed = 3"), 1);
}

TEST_F(DatabaseFile, EqualEnvironmentsAreStoredOnce) {
  auto database = ResultsDatabase::open_or_create(path());
  database.store(make_run("VAE", 0));
  database.store(make_run("VAE", 1));
  auto other = make_run("VAE", 2);
  other.environment.threads = 1;
  database.store(other);
  EXPECT_EQ(count(database, "environment"), 2);
}

TEST_F(DatabaseFile, FailedStoreLeavesNothing) {
  auto database = ResultsDatabase::open_or_create(path());
  auto run = make_full_run("VAE", 0);
  run.metrics.push_back(run.metrics.front());  // The same figure twice.
  EXPECT_THROW(database.store(run), DatabaseError);
  for (const char* table : {"run", "environment", "metric", "curve", "spectrum", "image"})
    EXPECT_EQ(count(database, table), 0) << table;
  run.metrics.pop_back();
  run.metrics.front().better = "bigger";
  EXPECT_THROW(database.store(run), DatabaseError);
  EXPECT_EQ(count(database, "run"), 0);
  run.metrics.front().better = "lower";
  EXPECT_NO_THROW(database.store(run));
}

TEST_F(DatabaseFile, AnAttemptIsNeverReplaced) {
  auto database = ResultsDatabase::open_or_create(path());
  auto run = make_run("VAE", 0, 3.0);
  database.store(run);
  run.metrics.front().value = 4.0;
  EXPECT_THROW(database.store(run), DatabaseError);
  EXPECT_EQ(count(database, "metric WHERE value = 3.0"), 1);
  EXPECT_EQ(count(database, "metric"), 1);
}

TEST_F(DatabaseFile, KnowsTheAttemptThatCounts) {
  auto database = ResultsDatabase::open_or_create(path());
  auto run = make_run("VAE", 0);
  EXPECT_FALSE(database.find_run(run.identity).has_value());
  EXPECT_EQ(database.next_attempt(run.identity), 1);
  run.status = RunStatus::kDiverged;
  run.message = "the loss is NaN";
  database.store(run);
  auto latest = database.find_run(run.identity);
  ASSERT_TRUE(latest.has_value());
  EXPECT_EQ(latest->status, RunStatus::kDiverged);
  EXPECT_EQ(latest->message, "the loss is NaN");
  run.attempt = database.next_attempt(run.identity);
  EXPECT_EQ(run.attempt, 2);
  run.status = RunStatus::kOk;
  database.store(run);
  latest = database.find_run(run.identity);
  EXPECT_EQ(latest->status, RunStatus::kOk);
  EXPECT_EQ(latest->attempt, 2);
  // What goes wrong later takes nothing from it.
  run.status = RunStatus::kInterrupted;
  EXPECT_EQ(database.store_next_attempt(run), 3);
  EXPECT_EQ(database.find_run(run.identity)->attempt, 2);
  EXPECT_EQ(database.next_attempt(run.identity), 4);
}

TEST_F(DatabaseFile, WhatASuiteAskedForLastCounts) {
  auto database = ResultsDatabase::open_or_create(path());
  const auto with_steps = [](int steps, int seed) {
    auto run = make_run("VAE", seed);
    run.identity = std::to_string(steps) + "-" + std::to_string(seed);
    run.spec_json = R"({"seed":)" + std::to_string(seed) + R"(,"steps":)" + std::to_string(steps) + "}";
    return run;
  };
  for (const int seed : {0, 1}) database.store(with_steps(30, seed));
  for (const int seed : {0, 1}) database.store(with_steps(300, seed));
  const SuitePlace place{"shift", "shift", "VAE"};
  const auto ask = [&](int steps, const std::vector<SuitePlace>& named) {
    database.ask("quick", "quick.toml", "2026-01-01T00:00:00Z", {{place, with_steps(steps, 7).spec_json}},
                 named);
  };
  // Nothing was asked: the settings that were stored first count.
  EXPECT_TRUE(database.find_run("30-0")->counts);
  EXPECT_FALSE(database.find_run("300-0")->counts);
  EXPECT_EQ(database.suite_file("quick"), std::nullopt);
  ask(300, {place});
  EXPECT_FALSE(database.find_run("30-1")->counts);
  EXPECT_TRUE(database.find_run("300-0")->counts);
  EXPECT_TRUE(database.find_run("300-1")->counts);  // Another seed than the one asked for: the same settings.
  ask(30, {place});
  EXPECT_TRUE(database.find_run("30-0")->counts);
  EXPECT_FALSE(database.find_run("300-0")->counts);
  EXPECT_EQ(database.suite_file("quick"), "quick.toml");
  // A place that the suite has no longer.
  database.ask("quick", "quick.toml", "2026-01-02T00:00:00Z", {}, {{"shift", "shift", "AE"}});
  EXPECT_EQ(count(database, "runs WHERE current"), 0);
}

TEST_F(DatabaseFile, ARemovedOrReplacedFileIsNoSuccess) {
  auto database = ResultsDatabase::open_or_create(path());
  database.store(make_run("VAE", 0));
  std::filesystem::rename(path(), folder_ / "moved.db");
  EXPECT_THROW(database.store(make_run("VAE", 1)), DatabaseError);
  ResultsDatabase::open_or_create(path());
  EXPECT_THROW(database.store(make_run("VAE", 1)), DatabaseError);
  std::filesystem::rename(folder_ / "moved.db", path());
  EXPECT_NO_THROW(database.store(make_run("VAE", 1)));
}

TEST_F(DatabaseFile, AloneHasEveryRunThatIsStored) {
  auto database = ResultsDatabase::open_or_create(path());
  for (const int seed : {0, 1, 2}) {
    database.store(make_full_run("VAE", seed));
    std::filesystem::copy_file(path(), folder_ / "copy.db",
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(count(ResultsDatabase::open_read_only(folder_ / "copy.db"), "run"), seed + 1);
  }
}

TEST_F(DatabaseFile, ALockIsWaitedForAsLongAsThePatienceLasts) {
  double waited = 0.0;
  auto database = ResultsDatabase::open_or_create(path(), [&](double seconds) {
    waited = seconds;
    return seconds < 0.3;
  });
  SQLite::Database other(path().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  EXPECT_THROW(database.store(make_run("VAE", 0)), DatabaseError);
  EXPECT_GE(waited, 0.3);
  other.exec("COMMIT");
  EXPECT_NO_THROW(database.store(make_run("VAE", 0)));
}

TEST_F(DatabaseFile, KeepsTheNotesOfARun) {
  auto database = ResultsDatabase::open_or_create(path());
  auto run = make_run("VAE", 0);
  run.notes = {"all samples are equal", "the KL is infinite"};
  database.store(run);
  EXPECT_EQ(count(database, "notes WHERE label = 'VAE' AND seed = 0"), 2);
}

TEST_F(DatabaseFile, AnOlderSchemaKeepsItsRunsAndWhatCounted) {
  make([](SQLite::Database& old) {
    const auto& all = schema_migrations();
    apply_migrations(old, {all[0], all[1]});
    old.exec(R"(INSERT INTO environment VALUES (1, '', '', '', '', '', '', 1, 1, 'cpu', 1))");
    const auto add = [&](const std::string& identity, const std::string& status, const std::string& started,
                         const std::string& spec) {
      old.exec(
          "INSERT INTO run (identity, attempt, suite, comparison, model, label, dataset, seed, status, "
          "message, "
          "stderr_tail, started_at, finished_at, train_steps, parameter_count, peak_memory_bytes, "
          "plugin_version, plugin_sha256, dataset_fingerprint, spec_json, environment_id) VALUES ('" +
          identity + "', 1, 'quick', 'shift', 'vae', 'VAE', 'shift', 0, '" + status + "', '', '', '" +
          started + "', '', 1, 1, 1, '', '', '', '" + spec + "', 1)");
    };
    add("older", "ok", "2025-01-01", R"({"seed":0,"steps":1})");
    add("newer", "ok", "2025-01-02", R"({"seed":0,"steps":2})");
    add("failed", "crash", "2025-01-03", R"({"seed":1,"steps":3})");
  });
  const auto before = read_file(path());
  EXPECT_TRUE(ResultsDatabase::open_read_only(path()).find_run("newer")->counts);
  EXPECT_EQ(read_file(path()), before);
  const auto database = ResultsDatabase::open_or_create(path());
  EXPECT_TRUE(database.find_run("newer")->counts);
  EXPECT_FALSE(database.find_run("older")->counts);
  EXPECT_EQ(
      count(database, "run WHERE identity = 'failed' AND fault = 'model' AND settings = '{\"steps\":3}'"), 1);
}

TEST_F(DatabaseFile, OneFromBeforePluginsWereDescribedGainsTheirTable) {
  make([](SQLite::Database& old) {
    auto migrations = schema_migrations();
    migrations.resize(4);
    apply_migrations(old, migrations);
    ASSERT_FALSE(old.tableExists("plugin"));
  });
  const auto before = read_file(path());
  EXPECT_EQ(count(ResultsDatabase::open_read_only(path()), "plugin"), 0);
  EXPECT_EQ(read_file(path()), before);
  auto database = ResultsDatabase::open_or_create(path());
  database.describe_plugins({{"abc", "vae", "1.0", "an autoencoder", "a paper"}});
  database.describe_plugins({{"abc", "vae", "1.1", "an autoencoder", "a paper"}});
  EXPECT_EQ(count(database, "plugin"), 1);
  EXPECT_EQ(count(database, "plugin WHERE version = '1.1'"), 1);
}

/// Into a database of an earlier schema: the run "a", seed 0 of a VAE, and where it happened.
void add_old_run(SQLite::Database& old) {
  old.exec(R"(INSERT INTO environment VALUES (1, '', '', '', '', '', '', 1, 1, 'cpu', 1))");
  old.exec(
      "INSERT INTO run (identity, attempt, suite, comparison, model, label, dataset, seed, status, message, "
      "stderr_tail, started_at, finished_at, train_steps, parameter_count, peak_memory_bytes, "
      "plugin_version, plugin_sha256, dataset_fingerprint, spec_json, environment_id) VALUES ('a', 1, "
      "'quick', 'shift', 'vae', 'VAE', 'shift', 0, 'ok', '', '', '2025-01-01', '', 1, 1, 1, '', '', '', "
      "'{}', 1)");
}

TEST_F(DatabaseFile, OneFromBeforeRunsLeftFilesGainsTheirTable) {
  make([](SQLite::Database& old) {
    auto migrations = schema_migrations();
    migrations.resize(5);
    apply_migrations(old, migrations);
    ASSERT_FALSE(old.tableExists("artefact"));
    add_old_run(old);
  });
  const auto before = read_file(path());
  EXPECT_TRUE(ResultsDatabase::open_read_only(path()).find_run("a")->keep.empty());
  EXPECT_EQ(read_file(path()), before);
  auto database = ResultsDatabase::open_or_create(path());
  EXPECT_EQ(count(database, "run WHERE identity = 'a' AND keep = ''"), 1);
  database.store(make_full_run("AE", 0));
  EXPECT_EQ(count(database, "artefact WHERE what = 'samples' AND shape = '[30,1,4,4]'"), 2);
  EXPECT_THAT(database.find_run("AE-0")->keep, testing::ElementsAre("weights", "samples"));
}

TEST_F(DatabaseFile, PicturesFromBeforeCurvesWereKeptArePng) {
  make([](SQLite::Database& old) {
    auto migrations = schema_migrations();
    migrations.resize(6);
    apply_migrations(old, migrations);
    add_old_run(old);
    old.exec("INSERT INTO image VALUES (1, 1, 'generate', 'samples', 'prior', 'caption', 3, 4, x'89504e47')");
  });
  auto database = ResultsDatabase::open_or_create(path());
  const auto images = images_of(database, 1);
  ASSERT_EQ(images.size(), 1U);
  EXPECT_EQ(images[0].format, kPngPicture);
  EXPECT_EQ(images[0].content, "\x89PNG");
  EXPECT_EQ(images[0].height, 4);
}

TEST_F(DatabaseFile, OneFromBeforePlacesHadAnOrderGainsItWhenItsSuiteAsksAgain) {
  make([](SQLite::Database& old) {
    auto migrations = schema_migrations();
    migrations.resize(8);
    apply_migrations(old, migrations);
    add_old_run(old);
    old.exec("INSERT INTO asked VALUES ('quick', 'shift', 'shift', 'VAE', '', '', '2025-01-01')");
  });
  const auto before = read_file(path());
  EXPECT_EQ(count(ResultsDatabase::open_read_only(path()), "runs WHERE current"), 1);
  EXPECT_EQ(read_file(path()), before);
  auto database = ResultsDatabase::open_or_create(path());
  EXPECT_EQ(count(database, "asked WHERE position = 0"), 1);
  const SuitePlace vae{"shift", "shift", "VAE"};
  database.ask("quick", "", "2026-01-01", {{vae, "{}"}}, {{"shift", "shift", "AE"}, vae});
  EXPECT_EQ(count(database, "asked WHERE label = 'VAE' AND position = 2"), 1);
}

TEST_F(DatabaseFile, ARunThatNamesOneFileTwiceIsNotStored) {
  auto database = ResultsDatabase::open_or_create(path());
  auto run = make_full_run("AE", 0);
  run.artefacts.push_back(run.artefacts.front());
  EXPECT_THROW(database.store(run), DatabaseError);
  EXPECT_EQ(count(database, "run"), 0);
}

TEST_F(DatabaseFile, WhatIsAskedForBesidesLeavesOtherPlacesAlone) {
  auto database = ResultsDatabase::open_or_create(path());
  const auto score = [&](const std::string& label, const std::string& samples) {
    auto run = make_run(label, 0);
    run.identity = label + samples;
    run.spec_json = R"({"seed":0,"generated":")" + samples + "\"}";
    database.store(run);
    database.ask_besides("quick", "2026-01-01", {{{"shift", "shift", label}, run.spec_json}});
  };
  score("GAN", "a");
  score("DDPM", "a");
  score("GAN", "b");
  EXPECT_FALSE(database.find_run("GANa")->counts);
  EXPECT_TRUE(database.find_run("GANb")->counts);
  EXPECT_TRUE(database.find_run("DDPMa")->counts);
}

TEST_F(DatabaseFile, RepeatedCurveStepKeepsTheLaterValue) {
  auto database = ResultsDatabase::open_or_create(path());
  auto run = make_run("VAE", 0);
  run.curve = {{"loss", 10, 1.0}, {"loss", 20, 0.5}, {"loss", 20, 0.4}};
  database.store(run);
  EXPECT_EQ(count(database, "curve WHERE step = 20 AND value = 0.4"), 1);
  EXPECT_EQ(count(database, "curve"), 2);
}

TEST_F(DatabaseFile, DeletingARunDeletesWhatItHas) {
  {
    auto database = ResultsDatabase::open_or_create(path());
    database.store(make_full_run("VAE", 0));
  }
  make([](SQLite::Database& plain) { plain.exec("PRAGMA foreign_keys = ON; DELETE FROM run"); });
  const auto database = ResultsDatabase::open_read_only(path());
  for (const char* table : {"metric", "curve", "spectrum", "image"})
    EXPECT_EQ(count(database, table), 0) << table;
}

TEST_F(DatabaseFile, PublishedFiguresReplaceThoseOfTheSameSuite) {
  auto database = ResultsDatabase::open_or_create(path());
  PublishedRecord figure{"shift", "VAE", "reconstruct", "relative_error", "",
                         "test",  2.0,   std::nullopt,  "a paper"};
  database.set_published("one", {figure});
  database.set_published("other", {figure});
  EXPECT_EQ(count(database, "published"), 2);
  figure.label = "AE";
  figure.deviation = 0.1;
  database.set_published("one", {figure});
  EXPECT_EQ(count(database, "published"), 2);
  EXPECT_EQ(count(database, "published WHERE suite = 'one' AND label = 'AE' AND deviation = 0.1"), 1);
  database.set_published("one", {});
  EXPECT_EQ(count(database, "published"), 1);
}

TEST_F(DatabaseFile, ReadersSeeWhatIsStoredWhileAWriterIsOpen) {
  auto writer = ResultsDatabase::open_or_create(path());
  writer.store(make_run("VAE", 0));
  const auto reader = ResultsDatabase::open_read_only(path());
  EXPECT_EQ(count(reader, "run"), 1);
  writer.store(make_run("VAE", 1));
  EXPECT_EQ(count(reader, "run"), 2);
}

TEST_F(DatabaseFile, ReaderCannotStore) {
  { auto database = ResultsDatabase::open_or_create(path()); }
  auto reader = ResultsDatabase::open_read_only(path());
  EXPECT_THROW(reader.store(make_run("VAE", 0)), DatabaseError);
  EXPECT_EQ(count(reader, "run"), 0);
}

TEST_F(DatabaseFile, WhatAKilledWriterCommittedIsThere) {
  {
    auto writer = ResultsDatabase::open_or_create(path());
    writer.store(make_run("VAE", 0));
    // As the disk is left when the program is killed.
    std::filesystem::copy(path(), folder_ / "killed.db");
    std::filesystem::copy(path().string() + "-wal", folder_ / "killed.db-wal");
  }
  EXPECT_EQ(count(ResultsDatabase::open_read_only(folder_ / "killed.db"), "run"), 1);
  auto writer = ResultsDatabase::open_or_create(folder_ / "killed.db");
  EXPECT_EQ(count(writer, "run"), 1);
}

}  // namespace
}  // namespace rraebench
