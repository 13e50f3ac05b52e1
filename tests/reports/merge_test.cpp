#include "reports/store/merge.hpp"

#include "fixture.hpp"
#include "reports/analysis/build_report.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/contradictions.hpp"
#include "reports/store/database.hpp"
#include "reports/store/query.hpp"
#include "reports/store/report_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sqlite3.h>
#include <string>

namespace rraebench {
namespace {

using testing::HasSubstr;

class Merge : public testing::Test {
 protected:
  ResultsDatabase open(const std::string& name) { return ResultsDatabase::open_or_create(folder_ / name); }

  void store(const std::string& name, std::vector<RunRecord> runs) {
    auto database = open(name);
    for (auto& run : runs) {
      run.attempt = database.next_attempt(run.identity);
      database.store(run);
    }
  }

  MergeCount merge(const std::string& into, const std::string& from) {
    return open(into).take_over(ResultsDatabase::open_read_only(folder_ / from));
  }

  std::string query(const std::string& name, const std::string& sql) {
    return format_table(run_query(ResultsDatabase::open_read_only(folder_ / name), sql), TableFormat::kCsv);
  }

  TemporaryFolder folder_;
};

RunRecord at(RunRecord run, const std::string& started, RunStatus status = RunStatus::kOk) {
  run.started_at = started;
  run.finished_at = started + "+";
  run.status = status;
  return run;
}

// Everything of a run, whatever its ids.
constexpr const char* kRuns =
    "select r.*, e.cpu, e.threads from (select identity, attempt, label, seed, status, message, started_at, "
    "spec_json, "
    "environment_id from run) r join environment e on e.id = environment_id order by identity, attempt";
constexpr const char* kParts[] = {
    "select identity, protocol, name, variant, split, value, extractor from metric join run on run.id = "
    "run_id "
    "order by 1, 2, 3, 4, 5",
    "select identity, series, step, value from curve join run on run.id = run_id order by 1, 2, 3",
    "select identity, name, position, value from spectrum join run on run.id = run_id order by 1, 2, 3",
    "select identity, protocol, name, caption, width, hex(content) from image join run on run.id = run_id "
    "order by 1, 2, 3"};

TEST_F(Merge, CopiesRunsWithAllThatBelongsToThem) {
  store("a.db", {make_full_run("AE", 0), make_full_run("VAE", 1)});
  open("a.db").set_published(
      "quick", {{"shift", "AE", "reconstruct", "relative_error", "", "test", 2.5, 0.5, "paper"}});
  const auto count = merge("b.db", "a.db");
  EXPECT_EQ(count.added, 2);
  EXPECT_EQ(count.known, 0);
  EXPECT_EQ(query("b.db", kRuns), query("a.db", kRuns));
  for (const char* part : kParts) {
    EXPECT_GT(query("a.db", part).size(), 60U) << part;
    EXPECT_EQ(query("b.db", part), query("a.db", part));
  }
  EXPECT_EQ(query("b.db", "select * from published"), query("a.db", "select * from published"));
}

TEST_F(Merge, KeepsTheOrderOfFigures) {
  auto run = make_run("AE", 0);
  const auto metric = [](const std::string& protocol, const std::string& name, const std::string& split) {
    MetricRecord record;
    record.protocol = protocol;
    record.name = name;
    record.split = split;
    record.value = 1.0;
    return record;
  };
  run.metrics = {metric("reconstruct", "relative_error", "train"),
                 metric("reconstruct", "relative_error", "test"), metric("interpolate", "fid", "test"),
                 metric("collapse", "active_units", "test")};
  store("a.db", {run});
  merge("b.db", "a.db");
  const std::string in_order = "select name, split from metric order by id";
  EXPECT_EQ(query("b.db", in_order), query("a.db", in_order));
}

TEST_F(Merge, LeavesOutTheNamedPartsOfRunsAlone) {
  store("a.db", {make_full_run("AE", 0), make_full_run("VAE", 1)});
  const auto all = omissible_parts();
  open("b.db").take_over({folder_ / "a.db"}, {{}}, {all.begin(), all.end()});
  EXPECT_EQ(query("b.db", kRuns), query("a.db", kRuns));
  EXPECT_EQ(query("b.db", kParts[0]), query("a.db", kParts[0])) << "every figure";
  EXPECT_EQ(query("b.db",
                  "select (select count(*) from curve) + (select count(*) from spectrum) + "
                  "(select count(*) from image) as left_out"),
            "left_out\r\n0\r\n");
  open("c.db").take_over({folder_ / "a.db"}, {{}}, {"pictures"});
  for (const char* part : {kParts[0], kParts[1], kParts[2]})
    EXPECT_EQ(query("c.db", part), query("a.db", part)) << part;
  EXPECT_EQ(query("c.db", "select count(*) as pictures from image"), "pictures\r\n0\r\n");
}

/// Called before each statement of a connection.
int before_statement(unsigned /*kind*/, void* context, void* /*statement*/, void* text) {
  (*static_cast<std::function<void(const std::string&)>*>(context))(static_cast<const char*>(text));
  return 0;
}

TEST_F(Merge, TakesAFileAsItIsAtOneMoment) {
  store("a.db", {make_full_run("AE", 0)});
  auto writer = open("a.db");
  auto from = ResultsDatabase::open_read_only(folder_ / "a.db");
  bool stored = false;
  std::function<void(const std::string&)> store_another = [&](const std::string& statement) {
    if (stored || statement.find("FROM run ") == std::string::npos) return;
    stored = true;  // Of a machine that the file did not know, when its machines were read.
    auto run = make_full_run("VAE", 1);
    run.environment.cpu = "another processor";
    writer.store(run);
  };
  sqlite3_trace_v2(from.connection().getHandle(), SQLITE_TRACE_STMT, before_statement, &store_another);
  const auto count = open("b.db").take_over(from);
  EXPECT_TRUE(stored);
  EXPECT_EQ(count.added, 1);
  EXPECT_EQ(merge("b.db", "a.db").added, 1);
}

TEST_F(Merge, TwiceChangesNothing) {
  store("a.db", {make_full_run("AE", 0)});
  merge("b.db", "a.db");
  const auto before = query("b.db", kRuns);
  const auto count = merge("b.db", "a.db");
  EXPECT_EQ(count.added, 0);
  EXPECT_EQ(count.known, 1);
  EXPECT_EQ(query("b.db", kRuns), before);
}

TEST_F(Merge, AttemptsAreNumberedAnewAndTheOkOneCountsWhereverItCameFrom) {
  const auto run = make_run("AE", 0, 5.0);
  store("a.db", {at(run, "2026-01-02", RunStatus::kError), at(run, "2026-01-04", RunStatus::kTimeout)});
  store("b.db", {at(run, "2026-01-01", RunStatus::kCrash), at(run, "2026-01-03"),
                 at(make_run("VAE", 0, 6.0), "2026-01-01")});
  EXPECT_EQ(merge("a.db", "b.db").added, 3);
  const auto attempts = query("a.db", "select attempt, status from run where label = 'AE' order by attempt");
  EXPECT_THAT(attempts, HasSubstr("1,crash\r\n2,error\r\n3,ok\r\n4,timeout"));
  EXPECT_THAT(query("a.db", "select label, status from runs order by label"), HasSubstr("AE,ok\r\nVAE,ok"));
}

TEST_F(Merge, AFailureLeavesTheTargetAsItWas) {
  store("a.db", {make_full_run("AE", 0)});
  store("b.db", {make_full_run("VAE", 0)});
  {
    SQLite::Database damaged((folder_ / "b.db").string(), SQLite::OPEN_READWRITE);
    damaged.exec("PRAGMA ignore_check_constraints = 1; UPDATE metric SET better = 'sideways'");
  }
  const auto before = query("a.db", kRuns);
  EXPECT_THROW(merge("a.db", "b.db"), DatabaseError);
  EXPECT_EQ(query("a.db", kRuns), before);
}

TEST_F(Merge, FindsFiguresThatContradictEachOther) {
  const auto contradictions = [&](const std::vector<std::string>& names) {
    std::vector<ResultsDatabase> files;
    std::vector<const SQLite::Database*> connections;
    for (const auto& name : names) files.push_back(ResultsDatabase::open_read_only(folder_ / name));
    for (const auto& file : files) connections.push_back(&file.connection());
    return find_contradictions(connections);
  };
  const auto run = make_run("AE", 0, 5.0);
  store("a.db", {at(run, "2026-01-01"), at(make_run("VAE", 0, 2.0), "2026-01-01")});
  store("b.db", {at(make_run("AE", 0, 5.5), "2026-01-02"), at(make_run("VAE", 0, 2.0), "2026-01-02")});
  merge("c.db", "a.db");
  EXPECT_TRUE(contradictions({"a.db", "c.db"}).empty());  // The same runs.
  const auto found = contradictions({"c.db", "a.db", "b.db"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].identity, run.identity);
  EXPECT_EQ(found[0].figure, "reconstruct relative_error test");
  EXPECT_EQ(found[0].figures, 1);
  EXPECT_EQ(found[0].first, 0U);
  EXPECT_EQ(found[0].second, 2U);
  EXPECT_EQ(found[0].value_in_second, 5.5);

  const auto count =
      open("c.db").take_over(ResultsDatabase::open_read_only(folder_ / "b.db"), {found[0].identity});
  EXPECT_EQ(count.left_out, 1);
  EXPECT_EQ(count.added, 1);
}

TEST_F(Merge, WhatWasAskedForLastCountsInWhicheverFile) {
  const auto settings = [](const std::string& steps) { return R"({"steps":)" + steps + "}"; };
  const auto ask = [&](const std::string& name, const std::string& steps, const std::string& when) {
    const SuitePlace place{"shift", "shift", "AE"};
    open(name).ask("quick", "", when, {{place, settings(steps)}}, {place});
  };
  auto run = make_run("AE", 0, 5.0);
  run.spec_json = settings("10");
  store("a.db", {at(run, "2026-01-01")});
  run.identity = "other";
  run.spec_json = settings("20");
  store("b.db", {at(run, "2026-01-01")});
  ask("a.db", "10", "2026-01-03");
  ask("b.db", "20", "2026-01-02");
  merge("c.db", "a.db");
  merge("c.db", "b.db");
  EXPECT_THAT(query("c.db", "select identity from runs where current"), HasSubstr("AE-0"));
  ask("b.db", "20", "2026-01-04");
  merge("c.db", "b.db");
  EXPECT_THAT(query("c.db", "select identity from runs where current"), HasSubstr("other"));
}

TEST_F(Merge, AnOlderFileDoesNotBringBackWhatTheSuiteHasDropped) {
  const SuitePlace ae{"shift", "shift", "AE"};
  const SuitePlace vae{"shift", "shift", "VAE"};
  auto of_ae = make_run("AE", 0, 5.0);
  auto of_vae = make_run("VAE", 0, 5.0);
  of_ae.spec_json = of_vae.spec_json = R"({"steps":1})";
  for (const char* name : {"old.db", "new.db"}) {
    open(name).ask("quick", "", "2026-01-01", {{ae, of_ae.spec_json}, {vae, of_vae.spec_json}}, {ae, vae});
    store(name, {at(of_ae, "2026-01-01"), at(of_vae, "2026-01-01")});
  }
  open("new.db").ask("quick", "", "2026-01-02", {{ae, of_ae.spec_json}}, {ae});
  merge("new.db", "old.db");
  EXPECT_EQ(query("new.db", "select label from runs where current"), "label\r\nAE\r\n");
  open("new.db").ask("quick", "", "2026-01-03", {{vae, of_vae.spec_json}}, {ae, vae});
  EXPECT_EQ(query("new.db", "select label from runs where current order by label"), "label\r\nAE\r\nVAE\r\n");
}

TEST_F(Merge, ALaterAttemptIsNoContradictionInAnOlderCopy) {
  const auto older = at(make_run("AE", 0, 5.0), "2026-01-01");
  auto newer = at(make_run("AE", 0, 5.5), "2026-01-02");
  newer.attempt = 2;
  store("old.db", {older});
  store("new.db", {older, newer});
  for (const auto& names : {std::pair{"old.db", "new.db"}, {"new.db", "old.db"}}) {
    const auto a = ResultsDatabase::open_read_only(folder_ / names.first);
    const auto b = ResultsDatabase::open_read_only(folder_ / names.second);
    EXPECT_TRUE(find_contradictions({&a.connection(), &b.connection()}).empty()) << names.first;
  }
  store("other.db", {at(make_run("AE", 0, 6.0), "2026-01-03")});
  const auto a = ResultsDatabase::open_read_only(folder_ / "old.db");
  const auto b = ResultsDatabase::open_read_only(folder_ / "new.db");
  const auto c = ResultsDatabase::open_read_only(folder_ / "other.db");
  const auto found = find_contradictions({&a.connection(), &b.connection(), &c.connection()});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].value_in_first, 5.5) << "the later attempt speaks for both files";
}

TEST_F(Merge, RunsOfOtherSettingsAreToldFromThoseThatCount) {
  auto run = make_run("AE", 0, 5.0);
  run.spec_json = R"({"plugin":"a"})";
  store("a.db", {at(run, "2026-01-01")});
  auto other = make_run("AE", 1, 6.0);
  other.spec_json = R"({"plugin":"b"})";
  store("b.db", {at(other, "2026-01-01")});
  EXPECT_TRUE(uncounted_runs(open("a.db")).empty());
  merge("a.db", "b.db");
  const auto uncounted = uncounted_runs(open("a.db"));
  ASSERT_EQ(uncounted.size(), 1U);
  EXPECT_EQ(uncounted[0].seed, 1);
  const auto report = build_report(read_report_rows(open("a.db")), {});
  EXPECT_THAT(
      report.comparisons.at(0).notes,
      testing::Contains(HasSubstr("other settings were asked for last: AE, seed 1 (rraebench explain")));
  // The same seed with the settings that count takes its place.
  auto again = run;
  again.identity = "AE-1-again";
  again.seed = 1;
  open("a.db").store(at(again, "2026-01-05"));
  EXPECT_TRUE(uncounted_runs(open("a.db")).empty());
}

TEST_F(Merge, WithoutFoldersNamesFilesOfOptionsAlone) {
  auto run = make_run("mine", 0, 5.0);
  run.spec_json = R"({"option_files":{"file":"/home/me/my_vae.pt"},"steps":1})";
  store("a.db", {run});
  open("b.db").take_over({folder_ / "a.db"}, {{}}, {"folders"});
  EXPECT_THAT(query("b.db", "select spec_json from run"),
              testing::AllOf(HasSubstr("my_vae.pt"), testing::Not(HasSubstr("/home/me"))));
}

TEST_F(Merge, WhatRunsLeftIsFoundFromTheOtherFolder) {
  std::filesystem::create_directory(folder_ / "tasks");
  store("tasks/0.db", {make_full_run("AE", 0)});
  merge("all.db", "tasks/0.db");
  EXPECT_THAT(query("all.db", "select path from artefact"),
              HasSubstr("\r\ntasks/results-artefacts/a-1/samples-prior.npy\r\n"));
  std::filesystem::create_directory(folder_ / "elsewhere");
  merge("elsewhere/all.db", "all.db");
  EXPECT_THAT(query("elsewhere/all.db", "select path from artefact"),
              HasSubstr("\r\n../tasks/results-artefacts/a-1/samples-prior.npy\r\n"));
  merge("copy.db", "all.db");
  EXPECT_EQ(query("copy.db", "select path, sha256 from artefact"),
            query("all.db", "select path, sha256 from artefact"));
  const auto together = ResultsDatabase::open_together(
      {folder_ / "copy.db", folder_ / "elsewhere/all.db", folder_ / "tasks/0.db"});
  EXPECT_EQ(format_table(run_query(together, "select count(*) from artefact"), TableFormat::kCsv),
            "count(*)\r\n2\r\n");
}

TEST_F(Merge, OwnPublishedFiguresStay) {
  const auto figure = [](double value) {
    return std::vector<PublishedRecord>{
        {"shift", "AE", "reconstruct", "relative_error", "", "test", value, std::nullopt, "paper"}};
  };
  open("a.db").set_published("quick", figure(1.0));
  open("b.db").set_published("quick", figure(2.0));
  open("b.db").set_published("other", figure(3.0));
  merge("a.db", "b.db");
  EXPECT_THAT(query("a.db", "select suite, value from published order by suite"),
              HasSubstr("other,3\r\nquick,1"));
}

TEST_F(Merge, PublishedFiguresAndClaimsAreThoseOfTheSuiteThatWasAskedForLast) {
  const SuitePlace place{"shift", "shift", "AE"};
  const auto ask = [&](const std::string& name, const std::string& when, double value) {
    auto database = open(name);
    database.ask("quick", "", when, {{place, "{}"}}, {place});
    database.set_published("quick", {{"shift", "AE", "reconstruct", "relative_error", "", "test", value,
                                      std::nullopt, "paper"}});
    ClaimRecord claim;
    claim.text = std::to_string(value);
    claim.kind = "better";
    database.set_claims("quick", {claim});
  };
  ask("a.db", "2026-01-01", 1.0);
  ask("b.db", "2026-01-02", 2.0);
  ask("c.db", "2026-01-01", 3.0);
  merge("a.db", "b.db");
  merge("a.db", "c.db");
  EXPECT_THAT(query("a.db", "select value from published"), HasSubstr("\r\n2\r\n"));
  EXPECT_THAT(query("a.db", "select text from claim"), HasSubstr("\r\n2.000000\r\n"));
}

}  // namespace
}  // namespace rraebench
