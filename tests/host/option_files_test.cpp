// Options that are files, and options that must be given, as a user meets them.
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sys/stat.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class OptionFiles : public testing::Test {
 protected:
  ProgramResult ask(std::vector<std::string> arguments) {
    const std::string command = arguments.front();
    if (command != "list" && command != "show")
      arguments.insert(arguments.end(), {"--cache-dir", (folder_ / "cache").string()});
    if (command != "show") arguments.insert(arguments.end(), {"--plugin-dir", kOtherPlugins});
    if (command != "list" && command != "check-plugin")
      arguments.insert(arguments.end(), {"--db", database_});
    return call(arguments);
  }

  ProgramResult run(const std::string& suite, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"run", (folder_ / suite).string(), "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return ask(arguments);
  }

  void write_suite(const std::string& name, const std::string& options) {
    folder_.write(name, tiny_suite(model_table("reads-file", options)));
  }

  void expect_refused(const std::string& options, const std::string& expected) {
    write_suite("bad.toml", options);
    for (const auto& more : {std::vector<std::string>{}, {"--plan"}}) {
      const auto result = run("bad.toml", more);
      EXPECT_EQ(result.exit_code, 2) << options;
      EXPECT_THAT(result.errors, HasSubstr(expected));
      EXPECT_EQ(line_count(result.errors), 1) << result.errors;
    }
  }

  const TemporaryFolder folder_;
  const std::string database_ = (folder_ / "results.db").string();
};

TEST_F(OptionFiles, AreFoundBesideTheSuiteAndCountByWhatTheyHold) {
  folder_.write("a/scale.txt", "1.5");
  write_suite("a/s.toml", "latent = 2, scale = \"scale.txt\"");
  const auto first = run("a/s.toml");
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.errors, Not(HasSubstr("breaks a promise"))) << "it is tried with what it requires";
  const auto shown = ask({"show", "1"});
  EXPECT_THAT(shown.output, HasSubstr("scale=scale.txt@"));
  EXPECT_THAT(ask({"show", "1", "--suite"}).output, HasSubstr((folder_ / "a" / "scale.txt").string()));
  EXPECT_THAT(query_csv(database_, "select name from options where name like 'option_files%'"),
              AllOf(HasSubstr("option_files.scale"), HasSubstr("option_files_sha256.scale")));

  // The same elsewhere, under another name: the same run.
  fs::create_directory(folder_ / "b");
  fs::rename(folder_ / "a" / "scale.txt", folder_ / "b" / "moved.txt");
  write_suite("b/s.toml", "latent = 2, scale = \"moved.txt\"");
  const auto moved = run("b/s.toml");
  EXPECT_THAT(moved.errors, HasSubstr("1 run: 0 to do, 1 complete"));
  EXPECT_EQ(query_csv(database_, "select count(*) n from runs where current"), "n\r\n1\r\n");
  EXPECT_THAT(ask({"explain", "1"}).errors, HasSubstr("counts"));
  EXPECT_THAT(ask({"explain", "1", "--suite", (folder_ / "b" / "s.toml").string()}).errors,
              HasSubstr("counts"));

  // Another content at the same place: another run.
  folder_.write("b/moved.txt", "0.5");
  EXPECT_THAT(run("b/s.toml", {"--plan"}).output, HasSubstr("option_files_sha256.scale changed"));
  ASSERT_EQ(run("b/s.toml").exit_code, 0);
  EXPECT_EQ(query_csv(database_, "select count(distinct identity) n from run"), "n\r\n2\r\n");
}

TEST_F(OptionFiles, AreNeededAgainByARerun) {
  folder_.write("scale.txt", "1.5");
  write_suite("s.toml", "latent = 2, scale = \"scale.txt\"");
  ASSERT_EQ(run("s.toml").exit_code, 0);
  const auto again = ask({"rerun", "1", "--verify"});
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_THAT(again.errors, HasSubstr("bitwise equal"));
  folder_.write("scale.txt", "2.5");
  const auto changed = ask({"rerun", "1", "--verify"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.errors,
              AllOf(HasSubstr("option 'scale', "), HasSubstr("changed since the run was made"),
                    HasSubstr("put that file back")));
}

TEST_F(OptionFiles, ThatCannotBeReadAreRefusedByThePlan) {
  folder_.write("scale.txt", "1.5");
  expect_refused("latent = 2, scale = \"nowhere.txt\"",
                 "bad.toml:13: [comparison.models.options] 'scale': option 'scale': " +
                     (folder_ / "nowhere.txt").string() + ": no such readable file");
  expect_refused("latent = 2, scale = \"scale.txt\", more = \".\"", "'more': option 'more': ");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  expect_refused("latent = 2, scale = \"pipe\"", "pipe: a named pipe, expected a readable file");
  const auto huge = folder_.write("huge.bin", "");
  fs::resize_file(huge, std::uintmax_t{5} << 30);  // No disk is needed for zeros.
  expect_refused("latent = 2, scale = \"huge.bin\"", "has 5120 MiB but must have at most 4096");
}

TEST_F(OptionFiles, ThatHoldNonsenseAreErrorsOfTheRun) {
  folder_.write("scale.txt", "a poem");
  write_suite("s.toml", "latent = 2, scale = \"scale.txt\"");
  EXPECT_EQ(run("s.toml").exit_code, 1);
  EXPECT_THAT(query_csv(database_, "select status, message from run"),
              HasSubstr("scale.txt: holds no number"));
}

TEST_F(OptionFiles, OptionsWithoutDefaultMustBeGiven) {
  folder_.write("scale.txt", "1.5");
  expect_refused("scale = \"scale.txt\"",
                 "bad.toml:12: [comparison.models] 'plugin': option 'latent' must be given: latent size");
  expect_refused("latent = 2", "option 'scale' must be given: text file with the scale");
  EXPECT_THAT(ask({"list", "models"}).output, HasSubstr("latent (required), scale (required), more="));
  const auto options = ask({"list", "models", "reads-file"}).output;
  EXPECT_THAT(options, AllOf(HasSubstr("required"), HasSubstr("file")));
}

TEST_F(OptionFiles, CheckPluginTakesThem) {
  const auto file = folder_.write("scale.txt", "1.5").string();
  const auto kept = ask({"check-plugin", "reads-file", "--option", "latent=2", "--option", "scale=" + file});
  EXPECT_EQ(kept.exit_code, 0) << kept.output << kept.errors;
  EXPECT_THAT(kept.output, HasSubstr("15 of 15 promises are kept"));
  for (const auto& [options, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "option 'latent' must be given"},
           {{"--option", "latent=2"}, "option 'scale' must be given"},
           {{"--option", "latent=2", "--option", "scale=/nowhere.txt"},
            "/nowhere.txt: no such readable file"},
           {{"--shape", "1x28"}, "--shape is '1x28' but must be T or CxHxW"},
           {{"--shape", "0"}, "--shape is '0' but must be T or CxHxW"},
           {{"--shape", "1x28x28x"}, "but must be T or CxHxW"}}) {
    std::vector<std::string> arguments = {"check-plugin", "reads-file"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = ask(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
  }
}

TEST_F(OptionFiles, AScriptIsTriedThoughItsPluginIsShipped) {
  folder_.write("no_script.pt", "not TorchScript");
  folder_.write("script.toml", tiny_suite(model_table("scripted", "file = \"no_script.pt\"")));
  for (int times = 0; times < 2; ++times) {
    const auto result = run("script.toml", {"--force"});
    EXPECT_EQ(result.exit_code, 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("warning: plugin 'scripted' with no_script.pt breaks a promise: "));
    EXPECT_THAT(result.errors, HasSubstr("scripted.so --option file=" + (folder_ / "no_script.pt").string() +
                                         " --shape 200 tries all promises"));
  }
  EXPECT_THAT(query_csv(database_, "select text from note"), HasSubstr("with no_script.pt breaks a promise"));
}

TEST_F(OptionFiles, ShapesOfSamplesAreTheUsers) {
  const auto result = ask({"check-plugin", "ae", "--shape", "1x28x28"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

TEST_F(OptionFiles, ModelsWithNothingToTrainAreOnlyFinalised) {
  for (const std::string stages : {"[]", "[{ learning_rate = 1e-3, steps = 30 }]"}) {
    auto suite = tiny_suite(model_table("principal-components", "latent = 3"));
    suite.replace(suite.find("pca:3"), 5, "pca:2");  // Of which there is nothing to say: the data's rank.
    const std::string usual = "[{ learning_rate = 1e-3, steps = 30 }]";
    suite.replace(suite.find(usual), usual.size(), stages);
    folder_.write("pca.toml", suite);
    const auto result = run("pca.toml");
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.errors, Not(HasSubstr("breaks a promise")));
  }
  EXPECT_EQ(query_csv(database_, "select status, train_steps from run"),
            "status,train_steps\r\nok,0\r\nok,0\r\n");
  EXPECT_EQ(query_csv(database_, "select text from notes"),
            "text\r\nthe model has nothing to train: the 30 steps are left out\r\n");
  const auto check = ask({"check-plugin", "principal-components"});
  EXPECT_EQ(check.exit_code, 0) << check.output;
  EXPECT_THAT(check.output, HasSubstr("-     training lowers the loss: it has nothing to train"));
  EXPECT_THAT(check.output, HasSubstr("8 of 8 promises are kept, 7 mean nothing for this model"));
}

}  // namespace
}  // namespace rraebench
