// doctor, explain and rerun, as a user calls them.
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string claims_an_error_of_at_most(const std::string& percent) {
  return "\n[[claim]]\ntext = \"the error is small\"\nlabel = \"ae\"\n"
         "figure = \"reconstruct/relative_error\"\nat_most = " +
         percent + "\n";
}

class StoredRuns : public testing::Test {
 protected:
  ProgramResult run(const std::string& suite) {
    return call({"run", suite, "--threads", "1", "--db", database_, "--cache-dir", cache_});
  }
  ProgramResult ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--db", database_, "--cache-dir", cache_});
    return call(arguments);
  }

  TemporaryFolder folder_;
  std::string database_ = (folder_ / "results.db").string();
  std::string cache_ = (folder_ / "cache").string();
};

TEST_F(StoredRuns, ExplainSaysWhyARunCountsOrNot) {
  ASSERT_EQ(run(folder_.write("tiny.toml", tiny_suite(model_table("ae")))).exit_code, 0);
  const auto first = ask({"explain", "1"});
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, AllOf(HasSubstr("training.batch_size"), HasSubstr("dataset_fingerprint")));
  EXPECT_THAT(first.errors, HasSubstr("counts: it is what the suite asks for"));

  const auto longer = folder_.write("other/tiny.toml", tiny_suite(model_table("ae"), "[0]", 31)).string();
  const auto other = ask({"explain", "1", "--suite", longer});
  EXPECT_THAT(other.errors,
              HasSubstr("does not count: " + longer + " asks for training.stages.0.steps 30 -> 31"));
  EXPECT_THAT(
      ask({"explain", "1", "--suite", folder_.write("a/tiny.toml", tiny_suite(model_table("vae")))}).errors,
      HasSubstr("has no model 'ae' in comparison 'tiny'"));

  ASSERT_EQ(run(longer).exit_code, 0);
  EXPECT_THAT(ask({"explain", "1"}).errors,
              HasSubstr("does not count: the suite asks for training.stages.0.steps 30 -> 31"));
  EXPECT_THAT(ask({"explain", "2"}).errors, HasSubstr("counts"));
  const auto none = ask({"explain", "7"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(line_count(none.errors), 1) << none.errors;
}

TEST_F(StoredRuns, ShowPrintsARunAndASuiteThatIsItAgain) {
  const auto suite = folder_.write("tiny.toml", tiny_suite(model_table("ae"))).string();
  ASSERT_EQ(run(suite).exit_code, 0);
  const auto shown = call({"show", "1", "--db", database_});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output,
              AllOf(HasSubstr("latent=2"), HasSubstr("reconstruct relative_error"),
                    HasSubstr("&& rraebench run " + suite), HasSubstr("rraebench rerun 1 --verify")));
  const auto text = call({"show", "1", "--suite", "--db", database_});
  const auto again = folder_.write("again/tiny.toml", text.output).string();
  const auto plan = ask({"run", again, "--plan"});
  EXPECT_EQ(plan.exit_code, 0) << plan.errors;
  EXPECT_THAT(plan.output, HasSubstr("cached")) << "the very same run: " << text.output;
  EXPECT_EQ(call({"show", "7", "--db", database_}).exit_code, 2);
}

TEST_F(StoredRuns, ClaimsAreDecidedByTheRunsThatThereAre) {
  const auto models = model_table("ae");
  ASSERT_EQ(
      run(folder_.write("tiny.toml", tiny_suite(models, "[0, 1, 2]") + claims_an_error_of_at_most("1e6")))
          .exit_code,
      0);
  const auto holds = call({"claims", "--require", "--db", database_});
  EXPECT_EQ(holds.exit_code, 0) << holds.errors;
  EXPECT_THAT(holds.output, AllOf(HasSubstr("holds"), HasSubstr("the error is small"), HasSubstr("n=3")));
  const auto changed = folder_.write("changed/tiny.toml",
                                     tiny_suite(models, "[0, 1, 2]") + claims_an_error_of_at_most("1e-9"));
  const auto fails = call({"claims", changed.string(), "--require", "--db", database_});
  EXPECT_EQ(fails.exit_code, 1) << fails.errors;
  EXPECT_THAT(fails.output, HasSubstr("does not hold"));
  EXPECT_EQ(call({"claims", changed.string(), "--db", database_}).exit_code, 0)
      << "only where it is required";
}

TEST_F(StoredRuns, ClaimsOfAPartOfTheBudgetAreReadAnewToo) {
  const auto models = model_table("ae");
  ASSERT_EQ(call({"run", folder_.write("tiny.toml", tiny_suite(models, "[0, 1, 2]")).string(), "--scale",
                  "0.5", "--threads", "1", "--db", database_, "--cache-dir", cache_})
                .exit_code,
            0);
  const auto added =
      folder_.write("added/tiny.toml", tiny_suite(models, "[0, 1, 2]") + claims_an_error_of_at_most("1e6"))
          .string();
  const auto of_part = call({"claims", added, "--scale", "0.5", "--db", database_});
  EXPECT_EQ(of_part.exit_code, 0) << of_part.errors;
  EXPECT_THAT(of_part.output,
              AllOf(HasSubstr("holds"), HasSubstr("the error is small (with 0.5 of the training)")));
  const auto of_all = call({"claims", added, "--db", database_});
  EXPECT_EQ(of_all.exit_code, 2);
  EXPECT_THAT(of_all.errors, HasSubstr("no runs of a suite 'tiny' in"));
  const auto of_other =
      call({"claims", added, "--scale", "0.5", "--precision", "bfloat16", "--db", database_});
  EXPECT_EQ(of_other.exit_code, 2);
  EXPECT_THAT(of_other.errors, HasSubstr("no runs of a suite 'tiny@0.5@bfloat16'"));
  EXPECT_EQ(call({"claims", "--scale", "0.5", "--db", database_}).exit_code, 2) << "of which suite?";
}

TEST_F(StoredRuns, ClaimsAndQueriesTakeSeveralDatabasesTogether) {
  const auto suite = folder_.write(
      "tiny.toml", tiny_suite(model_table("ae"), "[0, 1, 2]") + claims_an_error_of_at_most("1e6"));
  const auto other = (folder_ / "other.db").string();
  for (const auto& [seeds, database] : {std::pair{"0,1", database_}, {"2", other}})
    ASSERT_EQ(call({"run", suite.string(), "--seeds", seeds, "--threads", "1", "--db", database,
                    "--cache-dir", cache_})
                  .exit_code,
              0);
  EXPECT_THAT(call({"claims", "--db", database_}).output, HasSubstr("2 of the 3 seeds"));
  EXPECT_THAT(call({"claims", "--db", database_, "--db", other}).output, HasSubstr("n=3"));
  const auto seeds = call(
      {"query", "select seed from runs order by seed", "--format", "csv", "--db", database_, "--db", other});
  EXPECT_EQ(seeds.output, "seed\r\n0\r\n1\r\n2\r\n") << seeds.errors;
}

TEST_F(StoredRuns, RerunIsBitwiseEqualAndStoresNothing) {
  ASSERT_EQ(run(folder_.write("tiny.toml", tiny_suite(model_table("vae")))).exit_code, 0);
  const auto before = read_file(database_);
  const auto result = ask({"rerun", "1", "--verify"});
  EXPECT_EQ(result.exit_code, 0) << result.errors << result.output;
  EXPECT_THAT(result.errors, HasSubstr("run 1: bitwise equal: all"));
  EXPECT_THAT(result.output, AllOf(HasSubstr("reconstruct relative_error test"), HasSubstr("curve loss"),
                                   HasSubstr("spectrum singular_values"),
                                   HasSubstr("picture generate samples"), Not(HasSubstr("different"))));
  EXPECT_EQ(read_file(database_), before);
  EXPECT_FALSE(std::filesystem::exists(database_ + ".checkpoints"));
}

TEST_F(StoredRuns, RerunSaysWhatIsDifferent) {
  ASSERT_EQ(run(folder_.write("tiny.toml", tiny_suite(model_table("ae")))).exit_code, 0);
  const auto sql =
      "sqlite3 " + database_ + " \"update metric set value = value * 1.5 where name = 'relative_error'\"";
  if (std::system(sql.c_str()) != 0) GTEST_SKIP() << "no sqlite3 here";
  const auto result = ask({"rerun", "1", "--verify"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("run 1: different: 3 of "));
}

TEST_F(StoredRuns, RerunRefusesAnotherBuildOfThePlugin) {
  const auto plugins = folder_ / "plugins";
  std::filesystem::create_directory(plugins);
  const auto shipped = std::filesystem::path(kProgram).parent_path().parent_path() / "lib/rraebench/plugins";
  std::filesystem::copy_file(shipped / "ae.so", plugins / "ae.so");
  std::ofstream(plugins / "ae.so", std::ios::app) << "bytes that make it another build";
  ASSERT_EQ(run(folder_.write("tiny.toml", tiny_suite(model_table("ae")))).exit_code, 0);

  EXPECT_THAT(ask({"rerun", "1"}).errors, HasSubstr("add --verify"));
  const auto result = ask({"rerun", "1", "--verify", "--plugin-dir", plugins.string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("plugin 'ae', " + (plugins / "ae.so").string()),
                                   HasSubstr("changed since the run was made")));
}

TEST_F(StoredRuns, DoctorFindsAWholeInstallation) {
  const auto result = call({"doctor", "--cache-dir", cache_, "--db", database_});
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  EXPECT_EQ(result.errors, "");
  for (const char* line : {"ok   worker", "LibTorch", "BLAS", "cores", "memory", "ok   plugins",
                           "ok   suites", "data", "ok   cache folder", "not there yet"})
    EXPECT_THAT(result.output, HasSubstr(line));
  EXPECT_FALSE(std::filesystem::exists(database_));
}

TEST_F(StoredRuns, DoctorFailsOnWhatCannotWork) {
  const auto file = folder_.write("file", "text").string();
  const auto no_cache = call({"doctor", "--cache-dir", file + "/cache"});
  EXPECT_EQ(no_cache.exit_code, 1);
  EXPECT_THAT(no_cache.output, HasSubstr("FAIL cache folder    cannot write the cache folder"));
  const auto diary = folder_.write("diary.db", std::string(5000, 'x')).string();
  const auto no_database = call({"doctor", "--cache-dir", cache_, "--db", diary});
  EXPECT_EQ(no_database.exit_code, 1);
  EXPECT_THAT(no_database.output, HasSubstr("FAIL results"));
  EXPECT_THAT(call({"doctor", "--cache-dir", cache_, "--plugin-dir", kBadPlugins}).output,
              HasSubstr("WARN plugin bad-wrong-contract"));
}

}  // namespace
}  // namespace rraebench
