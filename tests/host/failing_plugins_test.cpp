// A plugin that misbehaves costs its own run alone, and the database says how it ended.
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

TEST(FailingPlugins, EachFailsItsOwnRunWithItsReason) {
  const TemporaryFolder folder;
  std::string models;
  for (const char* name :
       {"bad-throws", "bad-nan", "bad-crashes", "bad-hangs", "bad-wrong-shape", "bad-prints", "ae"})
    models += model_table(name);
  auto suite = tiny_suite(models);
  suite.replace(suite.find("time_limit_minutes = 2"), 22, "time_limit_minutes = 0.4");
  const auto file = folder.write("bad.toml", suite);
  const auto database = (folder / "results.db").string();
  const auto result = call({"run", file, "--db", database, "--plugin-dir", kBadPlugins, "--cache-dir",
                            (folder / "cache").string(), "--threads", "1", "--jobs", "2"});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("5 of 7 runs failed"));

  const auto rows = query_csv(database, "select model, status, coalesce(signal, ''), message from run");
  EXPECT_THAT(rows, HasSubstr("bad-throws,error,\"\",this model refuses to learn"));
  EXPECT_THAT(rows, HasSubstr("bad-nan,diverged,\"\",the loss is not finite at step 1"));
  EXPECT_THAT(rows, HasSubstr("bad-crashes,crash,11,"));
  EXPECT_THAT(rows, HasSubstr("bad-hangs,timeout,"));
  EXPECT_THAT(rows, HasSubstr("bad-wrong-shape,error,\"\",\"decode() returned 1 x"));
  // What a plugin prints is no event, and forges none.
  EXPECT_THAT(rows, HasSubstr("bad-prints,ok"));
  EXPECT_THAT(rows, HasSubstr("ae,ok"));

  // Failures are not repeated unless asked for, and still count.
  const auto again =
      call({"run", file, "--db", database, "--plugin-dir", kBadPlugins, "--models", "bad-throws,ae"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.errors, HasSubstr("0 to do"));
  const auto retried =
      call({"run", file, "--db", database, "--plugin-dir", kBadPlugins, "--models", "bad-throws", "--retry"});
  EXPECT_EQ(retried.exit_code, 1);
  EXPECT_EQ(query_value(database, "select max(attempt) from run where model = 'bad-throws'"), "2");
}

TEST(CheckPlugin, SaysWhichPromisesAreKept) {
  const auto good = call({"check-plugin", "rrae-strong"});
  EXPECT_EQ(good.exit_code, 0) << good.errors;
  EXPECT_THAT(good.output, HasSubstr("ok    gradients agree with finite differences"));
  EXPECT_THAT(good.output, HasSubstr("15 of 15 promises are kept"));

  const auto bad = call({"check-plugin", std::string(kBadPlugins) + "/bad-promises.so"});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.output,
              HasSubstr("FAILS every trainable parameter has a part in the loss: parameter 'idle'"));
  EXPECT_THAT(bad.output, HasSubstr("of 15 promises are kept"));

  const auto crashing = call({"check-plugin", "bad-crashes", "--plugin-dir", kBadPlugins});
  EXPECT_EQ(crashing.exit_code, 1);
  EXPECT_THAT(crashing.output, HasSubstr("it crashes (signal 11)"));
}

TEST(CheckPlugin, SaysACauseOnceWithTheCallThatItCameFrom) {
  const auto result = call({"check-plugin", "bad-throws", "--plugin-dir", kBadPlugins});
  EXPECT_EQ(result.exit_code, 1);
  const std::string cause = "this model refuses to learn";
  const auto first = result.output.find(cause);
  EXPECT_THAT(result.output, HasSubstr("for one sample and for many: in loss(): " + cause + "\n"));
  EXPECT_EQ(result.output.find(cause, first + 1), std::string::npos) << result.output;
  EXPECT_THAT(result.output, HasSubstr("FAILS training lowers the loss: the same\n"));
}

TEST(CheckPlugin, NamesAModuleThatIsNotRegisteredBeforeWhatComesOfIt) {
  const auto output = call({"check-plugin", "bad-unregistered", "--plugin-dir", kBadPlugins}).output;
  const auto mistake = output.find("was a module held as a member without register_module()?");
  const auto consequence = output.find("(in double precision: a module or tensor that is not registered");
  ASSERT_NE(mistake, std::string::npos) << output;
  ASSERT_NE(consequence, std::string::npos) << output;
  EXPECT_LT(mistake, consequence);
}

TEST(CheckPlugin, ShowsWhatTheModelPrinted) {
  const auto result = call({"check-plugin", "bad-prints", "--plugin-dir", kBadPlugins});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("it printed:\n  | "));
  EXPECT_THAT(result.output, HasSubstr("\n  | not an event\n"));
}

TEST(CheckPlugin, EndsAPromiseThatTakesTooLong) {
  const auto result = call({"check-plugin", "bad-hangs", "--plugin-dir", kBadPlugins, "--timeout", "15s"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("for many: the worker gave no answer for 15 s, and was ended"));
}

}  // namespace
}  // namespace rraebench
