#include "reports/store/schema.hpp"

#include "fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

const std::vector<Migration> kOld = {{1, "CREATE TABLE pet (name TEXT); INSERT INTO pet VALUES ('cat')"}};
const std::vector<Migration> kNew = {
    kOld.front(),
    {2, "ALTER TABLE pet ADD COLUMN legs INTEGER NOT NULL DEFAULT 4"},
    {3, "CREATE VIEW pets AS SELECT name || legs AS text FROM pet"},
};

class Migrations : public testing::Test {
 protected:
  int version() { return connection_.execAndGet("PRAGMA user_version").getInt(); }

  TemporaryFolder folder_;
  SQLite::Database connection_{(folder_ / "a.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

TEST_F(Migrations, StartANewDatabase) {
  apply_migrations(connection_, kNew);
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(connection_.execAndGet("PRAGMA application_id").getInt(), kApplicationId);
  EXPECT_EQ(connection_.execAndGet("SELECT text FROM pets").getString(), "cat4");
}

TEST_F(Migrations, BringAnOlderDatabaseForwardAndKeepItsContent) {
  apply_migrations(connection_, kOld);
  connection_.exec("INSERT INTO pet VALUES ('dog')");
  ASSERT_EQ(version(), 1);
  apply_migrations(connection_, kNew);
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(connection_.execAndGet("SELECT GROUP_CONCAT(text) FROM pets").getString(), "cat4,dog4");
}

TEST_F(Migrations, AreAppliedOnce) {
  apply_migrations(connection_, kNew);
  apply_migrations(connection_, kNew);
  EXPECT_EQ(connection_.execAndGet("SELECT COUNT(*) FROM pet").getInt(), 1);
}

TEST_F(Migrations, AFailingPatchLeavesTheVersionBefore) {
  auto broken = kNew;
  broken[2].sql = "CREATE TABLE half (x); CREATE TABLE pet (name TEXT)";
  apply_migrations(connection_, kOld);
  EXPECT_THROW(apply_migrations(connection_, broken), SQLite::Exception);
  EXPECT_EQ(version(), 2);
  EXPECT_FALSE(connection_.tableExists("half"));
  EXPECT_EQ(connection_.execAndGet("SELECT legs FROM pet").getInt(), 4);
}

TEST(Schema, VersionsHaveNoGaps) {
  std::int32_t expected = 0;
  for (const auto& migration : schema_migrations()) EXPECT_EQ(migration.version, ++expected);
  EXPECT_EQ(schema_version(), expected);
}

}  // namespace
}  // namespace rraebench
