#include "reports/store/stored_run.hpp"

#include "fixture.hpp"
#include "reports/store/integrity.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string error_of(const ResultsDatabase& database, const std::string& name) {
  return complaint_of<DatabaseError>([&] { find_run_id(database, name); });
}

TEST(StoredRun, ComesBackAsItWasStored) {
  const TemporaryFolder folder;
  auto database = ResultsDatabase::open_or_create(folder / "results.db");
  auto run = make_full_run("VAE", 3);
  run.identity = "abcd1234";
  run.notes = {"a note", "and another"};
  run.metrics.push_back(make_metric("collapse", "kl_total", std::nan(""), "lower"));
  database.store(run);
  const auto read = read_run(database, find_run_id(database, "abcd"));
  EXPECT_EQ(read.identity, run.identity);
  EXPECT_EQ(read.label, "VAE");
  EXPECT_EQ(read.seed, 3);
  EXPECT_EQ(read.status, RunStatus::kOk);
  EXPECT_EQ(read.exit_code, 0);
  EXPECT_EQ(read.spec_json, "{}");
  EXPECT_EQ(read.environment.threads, 2);
  EXPECT_EQ(read.notes, run.notes);
  ASSERT_EQ(read.metrics.size(), run.metrics.size());
  EXPECT_EQ(read.metrics[1].extractor_sha256, run.metrics[1].extractor_sha256);
  EXPECT_EQ(read.metrics[1].value, run.metrics[1].value);
  EXPECT_TRUE(std::isnan(read.metrics.back().value));
  EXPECT_EQ(read.curve.size(), run.curve.size());
  ASSERT_EQ(read.spectra.size(), 2U);
  EXPECT_EQ(read.spectra[1].values, (std::vector<double>{10.0, 1.0, 0.1}));
  ASSERT_EQ(read.images.size(), 1U);
  EXPECT_EQ(read.images[0].content, tiny_png());
  EXPECT_EQ(read.keep, run.keep);
  ASSERT_EQ(read.artefacts.size(), 2U);
  EXPECT_EQ(read.artefacts[1].variant, "gaussian");
  EXPECT_EQ(read.artefacts[1].path, run.artefacts[1].path);
  EXPECT_EQ(read.artefacts[1].sha256, run.artefacts[1].sha256);
  EXPECT_EQ(read.artefacts[1].shape, run.artefacts[1].shape);
  EXPECT_EQ(read.artefacts[1].bytes, 2048);
}

TEST(StoredRun, IsFoundByIdAndByIdentity) {
  const TemporaryFolder folder;
  auto database = ResultsDatabase::open_or_create(folder / "results.db");
  auto run = make_run("AE", 0);
  for (const char* identity : {"abcd11", "abcd22", "12345678"}) {
    run.identity = identity;
    database.store(run);
  }
  EXPECT_EQ(find_run_id(database, "2"), 2);
  EXPECT_EQ(find_run_id(database, "abcd1"), 1);
  EXPECT_EQ(find_run_id(database, "1234"), 3);
  EXPECT_THAT(error_of(database, "abcd"), HasSubstr("several identities begin with 'abcd'"));
  EXPECT_THAT(error_of(database, "ffff"), HasSubstr("no run's identity begins with 'ffff'"));
  for (const char* bad : {"", "abc", "-1", "9", "VAE", "abcg1", "99999999999999999999999"})
    EXPECT_THAT(error_of(database, bad), HasSubstr("results.db: ")) << bad;
}

TEST(StoredRun, OfAnIdentityTheAttemptThatWentWellIsMeant) {
  const TemporaryFolder folder;
  auto database = ResultsDatabase::open_or_create(folder / "results.db");
  auto run = make_run("AE", 0);
  run.identity = "abcd11";
  database.store(run);
  run.attempt = 2;
  run.status = RunStatus::kCrash;
  database.store(run);
  EXPECT_EQ(find_run_id(database, "abcd"), 1);
  EXPECT_EQ(read_run(database, 2).status, RunStatus::kCrash);
}

TEST(Integrity, FindsWhatBelongsToNothing) {
  const TemporaryFolder folder;
  const auto file = folder / "results.db";
  {
    auto database = ResultsDatabase::open_or_create(file);
    database.store(make_full_run("VAE", 0));
    EXPECT_THAT(find_damage(database), IsEmpty());
  }
  {
    SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
    other.exec("PRAGMA foreign_keys = OFF");
    other.exec("DELETE FROM run");
  }
  const auto faults = find_damage(ResultsDatabase::open_read_only(file));
  ASSERT_FALSE(faults.empty());
  EXPECT_THAT(faults[0], HasSubstr("belongs to no row of 'run'"));
}

}  // namespace
}  // namespace rraebench
