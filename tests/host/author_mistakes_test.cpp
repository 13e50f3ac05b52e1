// The mistakes that authors of models make most easily end a run with a sentence, before they cost a night or
// give a wrong figure.
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AuthorMistakes : public testing::Test {
 protected:
  ProgramResult run(const std::string& models, const std::string& folder = kBadPlugins,
                    std::vector<std::string> more = {}) {
    const auto file = folder_.write("mistakes.toml", tiny_suite(models));
    more.insert(more.begin(), {"run", file, "--db", database_, "--plugin-dir", folder, "--cache-dir",
                               (folder_ / "cache").string(), "--threads", "1"});
    return call(more);
  }

  const TemporaryFolder folder_;
  const std::string database_ = (folder_ / "results.db").string();
};

TEST_F(AuthorMistakes, AreErrorsOfTheRunWithTheirRemedy) {
  const auto result = run(model_table("bad-unregistered") + model_table("bad-forgets") +
                          model_table("bad-other-mean") + model_table("ae"));
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("3 of 4 runs failed"));
  const auto rows = query_csv(database_, "select model, status, message from run");
  EXPECT_THAT(rows, HasSubstr("bad-unregistered,error,loss() uses a tensor of"));
  EXPECT_THAT(rows, HasSubstr("was a module held as a member without register_module()"));
  EXPECT_THAT(rows, HasSubstr("bad-forgets,error,"));
  EXPECT_THAT(rows, HasSubstr("is all its state in registered parameters and buffers?"));
  EXPECT_THAT(rows, HasSubstr("bad-other-mean,error,the posterior's mean is not what encode() gives"));
  EXPECT_THAT(rows, HasSubstr("ae,ok,"));
  // None of them left a figure but its training time.
  EXPECT_EQ(
      query_csv(
          database_,
          "select count(*) from metric join run on run.id = run_id where status <> 'ok' and protocol <> "
          "'train'"),
      "count(*)\r\n0\r\n");
}

TEST_F(AuthorMistakes, AgainstThePromisesAreSaidOnceTriedAndStandBesideTheFigures) {
  const auto first = run(model_table("bad-seeds-itself") + model_table("ae"));
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.errors, HasSubstr("trying plugin 'bad-seeds-itself' on the contract's promises"));
  const std::string warning =
      "plugin 'bad-seeds-itself' breaks a promise: the same seed gives the same model and training, another "
      "one "
      "another: two seeds gave one result";
  EXPECT_THAT(first.errors, HasSubstr("warning: " + warning));
  EXPECT_THAT(first.errors, HasSubstr("rraebench check-plugin "));
  EXPECT_THAT(first.errors, Not(HasSubstr("plugin 'ae'"))) << "it came with the installation";
  EXPECT_THAT(query_csv(database_,
                        "select text from note join run on run.id = run_id where model = 'bad-seeds-itself'"),
              HasSubstr(warning));

  // Kept: said again, and not tried again. What is complete is not spoken of.
  const auto again = run(model_table("bad-seeds-itself", "latent = 3"));
  EXPECT_THAT(again.errors, HasSubstr("warning: " + warning));
  EXPECT_THAT(again.errors, Not(HasSubstr("trying plugin")));
  EXPECT_THAT(run(model_table("bad-seeds-itself", "latent = 3")).errors, Not(HasSubstr("warning")));
}

TEST_F(AuthorMistakes, ThatEndTheTrialEndNothingElse) {
  const auto result = run(model_table("bad-crashes") + model_table("ae"));
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_THAT(result.errors,
              HasSubstr("warning: plugin 'bad-crashes' breaks a promise: answers have the "
                        "contract's shapes, for one sample and for many: it crashes (signal 11)"));
  EXPECT_THAT(query_csv(database_, "select model, status from run"), HasSubstr("ae,ok"));
}

TEST_F(AuthorMistakes, ThatMayBeABusyMachinesAreNoneAndTriedAgain) {
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const auto result = run(model_table("bad-hangs"), kBadPlugins, {"--timeout", "5s", "--retry"});
    EXPECT_EQ(result.exit_code, 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("trying plugin 'bad-hangs'"));
    EXPECT_THAT(result.errors, HasSubstr("which takes longer than 5 s; rraebench check-plugin"));
    EXPECT_THAT(result.errors, Not(HasSubstr("breaks a promise")));
  }
  EXPECT_EQ(query_value(database_, "select count(*) from note"), "0");
}

TEST_F(AuthorMistakes, OfShapeAreFoundBeforeTheFirstStep) {
  const auto result = run(model_table("bad-wrong-shape"));
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_THAT(query_csv(database_, "select message from run"),
              HasSubstr("decode() returned 1 x 400, expected 2 x 200"));
  EXPECT_EQ(query_csv(database_, "select count(*) from curve"), "count(*)\r\n0\r\n");
}

TEST_F(AuthorMistakes, OfTheContractsVersionAreNoneWherePluginsAreOlder) {
  const auto result =
      run(model_table("contract-1") + model_table("contract-2") + model_table("contract-3"), kOldPlugins);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(
      query_csv(database_,
                "select model, status, (select count(*) from metric where name = 'kl_total' and run_id = "
                "run.id) kl "
                "from run order by model"),
      "model,status,kl\r\ncontract-1,ok,1\r\ncontract-2,ok,1\r\ncontract-3,ok,0\r\n");
}

TEST_F(AuthorMistakes, ANetworksOptionThatAnOlderPluginDoesNotKnowIsANoteOfItsRuns) {
  auto suite = tiny_suite(model_table("contract-2") + model_table("ae"));
  const std::string widths = "decoder_width = 8";
  suite.insert(suite.find(widths) + widths.size(), ", output = \"tanh\"");
  const std::string data = "\"shift\"";
  suite.insert(suite.find(data) + data.size(), ", normalisation = \"symmetric\"");
  const auto result = call({"run", folder_.write("tanh.toml", suite).string(), "--db", database_,
                            "--cache-dir", (folder_ / "cache").string(), "--plugin-dir", kOldPlugins});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(
      query_csv(database_, "select model, text from note join run on run.id = run_id"),
      AllOf(HasSubstr("contract-2,\"the model does not take its networks from this program: output = tanh"),
            Not(HasSubstr("ae,\"the model"))));
}

}  // namespace
}  // namespace rraebench
